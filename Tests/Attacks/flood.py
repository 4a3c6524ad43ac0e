"""Holds many connections to a port of this machine, each of them a nuisance, and opens new ones for those that are closed.

    flood.py --port PORT --kind KIND --connections COUNT --seconds SECONDS [--sources COUNT] [--rate PER_SECOND]

KIND is one of: idle (says nothing), half (half of a head), drip (a head, a byte a second), form (a form that never ends), body (a large
body that never ends), deaf (asks for pages and takes none of them). Says what happened as JSON.
"""

import argparse
import errno
import json
import resource
import select
import socket
import time

HEAD = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Wait: "
#: What is sent at once, then what is sent every second.
KINDS = {
    "idle": (b"", b""),
    "half": (HEAD, b""),
    "drip": (HEAD, b"x"),
    "form": (b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
             b"Content-Length: 16000\r\n\r\nname=" + b"x" * 15_000, b"x"),
    "body": (b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n" + (b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 60, b""),
    "deaf": (b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200, b""),
}


class Flood:
    def __init__(self, port, kind, sources, rate):
        self.port, self.kind, self.sources, self.rate = port, kind, sources, rate
        self.first, self.drip = KINDS[kind]
        self.poll = select.epoll()
        self.open, self.unsent = {}, {}
        self.opened = self.ended = self.refused = self.peak = 0

    def add(self):
        one = socket.socket()
        one.setblocking(False)
        # Little is kept for a client that takes nothing.
        if self.kind == "deaf":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.bind((f"127.0.0.{2 + self.opened % self.sources}", 0))
        code = one.connect_ex(("127.0.0.1", self.port))
        if code not in (0, errno.EINPROGRESS):
            one.close()
            self.refused += 1
            return
        self.open[one.fileno()] = one
        self.unsent[one.fileno()] = memoryview(self.first)
        self.poll.register(one.fileno(), select.EPOLLOUT | select.EPOLLIN | select.EPOLLRDHUP)
        self.opened += 1
        self.peak = max(self.peak, len(self.open))

    def drop(self, number):
        self.poll.unregister(number)
        self.open.pop(number).close()
        self.unsent.pop(number)
        self.ended += 1

    def push(self, number):
        one, rest = self.open[number], self.unsent[number]
        try:
            while rest:
                rest = rest[one.send(rest[:65_536]):]
        except BlockingIOError:
            pass
        self.unsent[number] = rest
        reads = 0 if self.kind == "deaf" else select.EPOLLIN
        self.poll.modify(number, reads | select.EPOLLRDHUP | (select.EPOLLOUT if rest else 0))

    def take(self, number):
        if self.kind != "deaf" and not self.open[number].recv(65_536):
            self.drop(number)

    def serve(self, seconds):
        for number, event in self.poll.poll(seconds, 4_096):
            try:
                if event & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                    self.drop(number)
                elif event & select.EPOLLOUT:
                    self.push(number)
                elif event & select.EPOLLIN:
                    self.take(number)
            except OSError:
                self.drop(number)

    def run(self, connections, seconds):
        began = dripped = time.monotonic()
        budget, last = 0.0, began
        while (now := time.monotonic()) < began + seconds:
            budget = min(self.rate, budget + (now - last) * self.rate)
            last = now
            while len(self.open) < connections and budget >= 1:
                self.add()
                budget -= 1
            if self.drip and now >= dripped + 1:
                dripped = now
                for number in list(self.open):
                    if not self.unsent[number]:
                        self.unsent[number] = memoryview(self.drip)
                        self.poll.modify(number, select.EPOLLOUT | select.EPOLLIN | select.EPOLLRDHUP)
            self.serve(0.02)
        held = len(self.open)
        for number in list(self.open):
            self.drop(number)
        return {"kind": self.kind, "opened": self.opened, "peak": self.peak, "held": held,
                "refused": self.refused, "closed": self.ended - held}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--rate", type=float, default=2_000)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    flood = Flood(options.port, options.kind, options.sources, options.rate)
    print(json.dumps(flood.run(min(options.connections, hard - 50), options.seconds)))


if __name__ == "__main__":
    main()
