"""Answers and their shapes, as the reference shows them."""

import json

REASONS = {200: "OK", 201: "Created", 302: "Found", 400: "Bad Request", 402: "Payment Required",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large",
           422: "Unprocessable Content", 429: "Too Many Requests", 502: "Bad Gateway",
           503: "Service Unavailable"}

NOT_VALID = ("JSON payload did not pass validation. Please fix failureReasons and retry. "
             "The import was not queued for processing.")


class Reply:
    """A status, a body and headers; `cut` closes the connection without a word instead."""

    __slots__ = ("status", "body", "kind", "headers", "cut", "sent")

    def __init__(self, status, body=b"", kind="application/json", headers=(), cut=False, sent=None):
        self.status, self.body, self.kind, self.headers = status, body, kind, headers
        self.cut, self.sent = cut, sent

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, '')}",
                 f"Content-Length: {len(self.body)}", "Connection: keep-alive"]
        if self.body or self.kind != "application/json":
            lines.append(f"Content-Type: {self.kind}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(value, status=200):
    return Reply(status, json.dumps(value, separators=(",", ":")).encode())


def message(status, text):
    return answer({"message": text}, status)


def error(status, title, **more):
    return answer({"errors": [{"title": title, **more}]}, status)


def rejected(reasons):
    return answer({"success": 0, "message": NOT_VALID, "failureReasons": reasons}, 400)


def importer_rate_limit(single):
    limit = 20 if single else 100
    reason = (f"Up to {limit} imports may be requested per minute."
              "Please batch contacts into larger requests, or retry this request in a minute.")
    return answer(
        {"success": 0, "message": "Rate limit exceeded.", "failureReasons": [reason]}, 400)


LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Login</title></head><body>Please log in</body></html>"
CLOUDFLARE = (b"<!DOCTYPE html><html><head><title>502 Bad gateway</title></head>"
              b"<body><center><h1>502 Bad Gateway</h1></center><hr>cloudflare</body></html>")


def fault(name, retry_after):
    """The answer of an early fault."""
    if name == "429":
        return Reply(429, b"", headers=(("Retry-After", str(retry_after)),))
    if name == "503":
        return Reply(503, b"Service Unavailable", "text/plain")
    if name == "402":
        return message(402, "The account is not active")
    if name == "403":
        return message(403, "You don't have permission to access this resource")
    if name == "html_200":
        return Reply(200, LOGIN_PAGE, "text/html; charset=utf-8")
    if name == "empty_200":
        return Reply(200, b"", "text/html")
    if name == "cloudflare_502":
        return Reply(502, CLOUDFLARE, "text/html")
    if name == "redirect":
        return Reply(302, b"", headers=(("Location", "/api/3/followed-redirect"),))
    return Reply(0, cut=True)
