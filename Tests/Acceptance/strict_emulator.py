#!/usr/bin/env python3
"""An ActiveCampaign account on the loopback interface that forgives nothing.

It knows the API v3 as far as an audience export needs it, and it was written apart from Ferry and from
`ferry sandbox`, so that a misunderstanding in one place does not hide in the other. Everything a client
does wrong is recorded as a *violation* with a code and a message; what is merely odd is a *warning*.

    python3 Tests/Acceptance/strict_emulator.py --port 0

prints `{"port": 40123, "key": "strict-key"}` and serves until it is stopped. Beside the API:

    GET  /__violations    {"count", "codes": {code: n}, "violations": [...], "warning_codes", "warnings"}
    GET  /__state         counters since the start and since the last mark, batches, lists
    GET  /__contacts      every contact; ?list=ID only those of a list
    POST /__faults        {knob: value, ...}; the knobs are listed in emulator/knobs.py
    POST /__limits        {"requests_per_second": 5, "imports_per_minute": 100, "single_imports_per_minute": 20}
    POST /__seed          {"lists": [{"id", "name"}], "fields": [{"id", "title"}], "allowed_fields": [id],
                           "excluded": [address], "bounced": [address],
                           "contacts": [{"email", "first_name", "fields": {id: value}, "lists": {id: 1}}],
                           "unsubscribed": [{"email", "list", "by": "person" or "client" or "admin"}]}
    POST /__mark          {"name": text}: a new run begins, counters "since" start at zero
    POST /__forget        {} drops the violations and warnings recorded so far

Limits watched: 5 requests in any second, by a sliding window and by a token bucket; 100 imports of several
contacts and 20 of one in any minute; silence during Retry-After; 250 contacts and 399,999 bytes. A limit of
0 is lifted. `--clock-scale 60` makes a minute pass in a second, but Retry-After stays in real seconds, for
the client has no other clock. `--slack` shortens the windows by some real seconds, because what a client
sends well spaced may arrive pressed together. All chance comes from `--seed`.
"""

import argparse
import asyncio
import json
import random
import signal
import socket
import struct
import sys
from urllib.parse import urlsplit

from emulator.api import API, Request
from emulator.knobs import Knobs
from emulator.limits import Clock
from emulator.replies import Reply, answer, message

MOST_HEAD, MOST_BODY = 32_768, 16_000_000


class Connection(asyncio.Protocol):
    """One client connection: HTTP/1.1 with keep-alive, one request after another."""

    def __init__(self, server):
        self.server, self.buffer, self.busy = server, bytearray(), False
        self.head = None

    def connection_made(self, transport):
        self.transport = transport
        self.server.connections.add(self)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, reason):
        self.server.connections.discard(self)

    def data_received(self, data):
        self.buffer += data
        self.work()

    def work(self):
        while not self.busy and not self.transport.is_closing():
            if self.head is None and not self.take_head():
                return
            body = self.take_body()
            if body is None:
                return
            (method, target, headers), self.head = self.head, None
            self.answer(self.server.handle(method, target, headers, bytes(body)), headers)

    def take_head(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > MOST_HEAD:
                self.transport.abort()
            return False
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        del self.buffer[:end + 4]
        try:
            method, target, _ = lines[0].split(" ")
            headers = {n.strip().lower(): v.strip() for n, v in (l.split(":", 1) for l in lines[1:])}
            headers["content-length"] = int(headers.get("content-length", 0))
        except ValueError:
            self.transport.abort()
            return False
        if headers["content-length"] > MOST_BODY:
            self.transport.abort()
            return False
        if headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.head = (method, target, headers)
        return True

    def take_body(self):
        headers = self.head[2]
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self.take_chunks()
        length = headers["content-length"]
        if len(self.buffer) < length:
            return None
        body = self.buffer[:length]
        del self.buffer[:length]
        return body

    def take_chunks(self):
        body, at = bytearray(), 0
        while True:
            line = self.buffer.find(b"\r\n", at)
            if line < 0:
                return None
            try:
                size = int(self.buffer[at:line].split(b";")[0], 16)
            except ValueError:
                self.transport.abort()
                return None
            if len(self.buffer) < line + 2 + size + 2 or len(body) > MOST_BODY:
                return None
            body += self.buffer[line + 2:line + 2 + size]
            at = line + 2 + size + 2
            if size == 0:
                del self.buffer[:at]
                return body

    def answer(self, reply, headers):
        latency = self.server.api.knobs.latency
        if latency and "api-token" in headers:
            self.busy = True
            asyncio.get_running_loop().call_later(latency, self.finish, reply, headers)
        else:
            self.send(reply, headers)

    def finish(self, reply, headers):
        self.busy = False
        self.send(reply, headers)
        self.work()

    def send(self, reply, headers):
        if self.transport.is_closing():
            return
        if reply.cut:
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
            return
        self.transport.write(reply.head() + reply.body)
        if reply.sent is not None:
            reply.sent.answered = True
        if headers.get("connection", "").lower() == "close":
            self.transport.close()


class Server:
    def __init__(self, api):
        self.api, self.connections, self.origin = api, set(), ""

    def handle(self, method, target, headers, body):
        if target.startswith("/__"):
            try:
                return self.control(method, target, json.loads(body) if body else {})
            except (KeyError, TypeError, ValueError, AttributeError) as problem:
                return message(400, f"{type(problem).__name__}: {problem}")
        request = Request(method, target, headers, body, self.origin)
        try:
            return self.api.handle(request)
        except Exception as problem:  # A fault of the emulator must be seen, not guessed.
            self.api.watch.violation("emulator-error", f"{method} {target}: {problem!r}")
            print(f"emulator error: {method} {target}: {problem!r}", file=sys.stderr, flush=True)
            return Reply(500)

    def control(self, method, target, body):
        api, path = self.api, urlsplit(target).path
        api.account.advance(api.clock.now())
        if method == "GET" and path == "/__violations":
            return answer(api.watch.report())
        if method == "GET" and path == "/__state":
            return answer(self.state())
        if method == "GET" and path == "/__contacts":
            query = urlsplit(target).query
            number = int(query.removeprefix("list=")) if query.startswith("list=") else None
            return answer([c.plain() for c in api.account.by_id
                           if number is None or number in c.lists])
        if method == "POST" and path == "/__faults":
            api.knobs.turn(body)
        elif method == "POST" and path == "/__limits":
            api.limit(**body)
        elif method == "POST" and path == "/__seed":
            api.account.seed(body)
        elif method == "POST" and path == "/__mark":
            api.watch.mark(body.get("name", ""))
        elif method == "POST" and path == "/__forget":
            api.watch.violations.clear(), api.watch.violation_counts.clear()
            api.watch.warnings.clear(), api.watch.warning_counts.clear()
        else:
            return message(404, f"no {method} {path}")
        return answer({"ok": True})

    def state(self):
        account, watch = self.api.account, self.api.watch
        states, lists = {}, {}
        for batch in account.batches.values():
            states[batch.state] = states.get(batch.state, 0) + 1
        for number, name in account.lists.items():
            kept = [c.lists[number] for c in account.by_id if number in c.lists]
            lists[str(number)] = {
                "name": name, "active": sum(s == 1 for s, _ in kept),
                "unsubscribed": sum(s == 2 for s, _ in kept)}
        return {
            "now": round(self.api.clock.now(), 3), "contacts": len(account.by_id),
            "in_flight": len(account.in_flight), "batches": states, "lists": lists,
            "unanswered": sum(not b.answered for b in account.batches.values()),
            "totals": dict(watch.totals), "mark": watch.mark_name, "since": dict(watch.since)}


async def serve(options):
    clock = Clock(options.clock_scale)
    api = API(Knobs(), clock, random.Random(options.seed), options.api_key,
              options.requests_per_second, options.imports_per_minute,
              options.single_imports_per_minute, options.slack)
    api.account.seed({
        "lists": [{"id": n, "name": f"List {n}"} for n in options.list],
        "fields": [{"id": n, "title": t} for n, t in (f.split("=", 1) for f in options.field)]})
    if options.allow_field:
        api.account.allowed_fields = set(options.allow_field)
    if options.faults:
        api.knobs.turn(json.loads(options.faults))
    server = Server(api)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: Connection(server), "127.0.0.1", options.port, backlog=256)
    port = listener.sockets[0].getsockname()[1]
    server.origin = f"http://127.0.0.1:{port}"
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(json.dumps({"port": port, "key": options.api_key}), flush=True)
    await stop.wait()
    listener.close()
    for connection in list(server.connections):
        connection.transport.abort()


def main():
    parser = argparse.ArgumentParser(description="A strict ActiveCampaign emulator on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--api-key", default="strict-key")
    parser.add_argument("--clock-scale", type=float, default=1.0)
    parser.add_argument("--slack", type=float, default=0.02, help="real seconds off each window")
    parser.add_argument("--requests-per-second", type=int, default=5)
    parser.add_argument("--imports-per-minute", type=int, default=100)
    parser.add_argument("--single-imports-per-minute", type=int, default=20)
    parser.add_argument("--list", type=int, action="append", default=[])
    parser.add_argument("--field", action="append", default=[], metavar="ID=TITLE")
    parser.add_argument("--allow-field", type=int, action="append", default=[])
    parser.add_argument("--faults", help="knobs as a JSON object")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
