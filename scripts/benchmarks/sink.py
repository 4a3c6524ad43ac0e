#!/usr/bin/env python3
"""A neutral sink: answers like ActiveCampaign as cheaply as Python can, and counts what it gets.

It checks nothing, so that what is measured is the sender. `sink.py` prints its port; GET /__counts tells
imports and contacts since the last call.
"""

import asyncio
import json
import signal

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


def reply(value):
    body = json.dumps(value).encode()
    return HEAD + str(len(body)).encode() + b"\r\n\r\n" + body


FIELDS = [{"id": str(n), "title": t, "type": "text", "perstag": t.upper()}
          for n, t in ((1, "Country"), (2, "Plan"), (3, "Value"))]
LIST = {"id": "3", "name": "Bench", "stringid": "bench"}
COMPLETED = reply({"status": "completed", "success": [], "failure": []})
ANSWERS = [
    (b"/api/3/import/info", COMPLETED),
    (b"/api/3/import/bulk_import", reply({"outstanding": [], "recentlyCompleted": []})),
    (b"/api/3/users/me", reply({"user": {"id": "1", "username": "bench", "email": "b@bench.test"}})),
    (b"/api/3/settings/account", reply({
        "account": "bench.test", "subscriber_limit": 100_000_000, "subscriber_total": 0})),
    (b"/api/3/lists/exclusions", reply({"exclusions": [], "meta": {"total": "0"}})),
    (b"/api/3/lists/3", reply({"list": LIST})),
    (b"/api/3/lists", reply({"lists": [LIST], "meta": {"total": "1"}})),
    (b"/api/3/fields", reply({"fields": FIELDS, "fieldOptions": [], "fieldRels": [],
                              "meta": {"total": "3"}})),
]
NOTHING = reply({})


class Sink(asyncio.Protocol):
    imports = contacts = requests = batches = 0

    def connection_made(self, transport):
        self.transport, self.buffer = transport, bytearray()

    def data_received(self, data):
        buffer = self.buffer
        buffer += data
        while True:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(buffer[:end])
            length = self.length(head.lower())
            if length is None:
                return self.transport.abort()
            if len(buffer) < end + 4 + length:
                return
            body = buffer[end + 4:end + 4 + length]
            del buffer[:end + 4 + length]
            self.transport.write(self.answer(head, body))

    @staticmethod
    def length(head):
        if b"\r\ntransfer-encoding:" in head:
            return None
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            return 0
        return int(head[at + 17:].split(b"\r\n", 1)[0])

    def answer(self, head, body):
        Sink.requests += 1
        if head.startswith(b"POST"):
            count = body.count(b'"email"')
            Sink.imports += 1
            Sink.batches += 1
            Sink.contacts += count
            text = b'{"Success":1,"queued_contacts":%d,"batchId":"b%d","message":"queued"}' % (
                count, Sink.batches)
            return HEAD + str(len(text)).encode() + b"\r\n\r\n" + text
        path = head.split(b" ", 2)[1]
        for prefix, text in ANSWERS:
            if path.startswith(prefix):
                return text
        if path == b"/__counts":
            text = reply({"imports": Sink.imports, "contacts": Sink.contacts,
                          "requests": Sink.requests})
            Sink.imports = Sink.contacts = Sink.requests = 0
            return text
        return NOTHING


async def main():
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(Sink, "127.0.0.1", 0)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    listener.close()


asyncio.run(main())
