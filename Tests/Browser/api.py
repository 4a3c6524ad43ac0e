"""The JSON API against its own description, by a tester that nobody of this project wrote.

    api.py --ferry BINARY --schemathesis PATH [--examples N] [--seed N] [--spec URL]

No server error, no undocumented status, no answer that breaks its schema; fixed seed. --spec tests a service
that runs already (its token in FERRY_API_TOKEN).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from forms import Forms
from service import SEGMENT, World

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_schema_conformance", "response_headers_conformance"]
OPENAPI = "/api/v1/openapi.yaml"
SECONDS = 540
NAME, PASSWORD = "api-tester", "a lantern under seven stones"
#: How a token looks where it is shown once.
TOKEN = r"\bfa_[A-Za-z0-9_-]{43}"
#: Revokes the tester's own token as soon as it has learned its id; tested by itself, after the others.
DEADLY = "revokeToken"


def prepare(world):
    """Something of each kind, so that good ids exist; the loopback sandbox is the account."""
    ferry = world.ferry
    ferry.must("connections", "add", "Acme", "--host", world.sandbox.host, "--api-key-file",
               ferry.key_file(world.sandbox.key), "--agree")
    ferry.must("exports", "add", "Weekly", "--connection", "Acme", "--list", 1, "--segment", SEGMENT,
               "--email", "Email")
    ferry.must("exports", "run", "Weekly", "--yes", codes=(0, 2))


def token(world):
    """An administrator's token, and with it a few things more to read and to change."""
    person = Forms(world.service.origin)
    person.send(world.service.setup_link(), "/setup/", name=NAME, password=PASSWORD, repeated=PASSWORD)
    page = person.send("/account", "/account/tokens", tokenName="tester", role="administrator")
    found = re.search(TOKEN, page)
    if not found:
        raise SystemExit("the page of the account showed no new token")
    bearer = found.group()
    for number in range(5):
        call(world, bearer, "POST", "/tokens",
             {"name": f"token {number}", "role": "viewer", "expiresInDays": 1})
        call(world, bearer, "POST", "/users", {"name": f"user-{number}", "role": "viewer"})
    call(world, bearer, "POST", "/exports/1/rehearsals", {})
    return bearer


def call(world, bearer, method, path, body=None, expected=(200, 201)):
    """What the API answers."""
    headers = {"Authorization": f"Bearer {bearer}"}
    status, _, text = world.service.remote.request(method, f"/api/v1{path}", body, headers=headers)
    if status not in expected:
        raise SystemExit(f"{method} {path} answered {status}: {text.decode()}")
    return json.loads(text)


def wrong_tokens(world):
    """Without a token, or with a wrong one, nothing is told: 401 as problem details."""
    failed = []
    for headers in ({}, {"Authorization": "Bearer fa_wrong"}):
        status, answered, body = world.service.remote.request("GET", "/api/v1/exports", headers=headers)
        kind = {name.lower(): value for name, value in answered.items()}.get("content-type", "")
        if status != 401 or "application/problem+json" not in kind or "detail" not in json.loads(body):
            failed.append(f"GET /api/v1/exports with {list(headers)} answered {status} {kind}")
    return failed


def test(program, spec, bearer, options, *choice):
    command = [program, "run", spec, "--checks", ",".join(CHECKS), "--mode", "all",
               "--phases", "examples,coverage,fuzzing,stateful", "--seed", str(options.seed),
               "--max-examples", str(options.examples), "--workers", "1",
               "--generation-database", "none", "--continue-on-failure", "--request-timeout", "20",
               "--suppress-health-check", "all", "--no-color",
               "--header", f"Authorization: Bearer {bearer}", *choice]
    # In a directory of its own: the tester leaves files behind.
    with tempfile.TemporaryDirectory() as place:
        try:
            done = subprocess.run(command, cwd=place, stdin=subprocess.DEVNULL, timeout=SECONDS,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except subprocess.TimeoutExpired as late:
            print((late.stdout or b"").decode(errors="replace")[-3000:])
            print(f"schemathesis was not done in {SECONDS} s", file=sys.stderr)
            return 1
    text = done.stdout.replace(bearer, "…")
    # All of it where something failed, otherwise the summary.
    summary = re.search(r"=+ SUMMARY =+.*", text, re.DOTALL)
    print(text if done.returncode or not summary else summary.group())
    return done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", type=Path)
    parser.add_argument("--schemathesis", default="schemathesis")
    parser.add_argument("--examples", type=int, default=15, help="cases for each operation and phase")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--spec", help="the address of the description of a running service")
    options = parser.parse_args()
    # The tester runs elsewhere, so a relative path must be made whole.
    program = options.schemathesis
    if os.sep in program:
        program = str(Path(program).absolute())
    if options.spec:
        return 1 if test(program, options.spec, os.environ.get("FERRY_API_TOKEN", "none"), options) else 0
    if not options.ferry:
        parser.error("--ferry or --spec is needed")
    with World(options.ferry, 200, prepare=prepare, time_scale=100) as world:
        bearer = token(world)
        failed = wrong_tokens(world)
        spec = world.service.origin + OPENAPI
        code = test(program, spec, bearer, options, "--exclude-operation-id", DEADLY)
        status, _, _ = world.service.remote.request(
            "GET", "/api/v1/me", headers={"Authorization": f"Bearer {bearer}"})
        if status != 200:
            failed.append(f"the tester's token did not live to the end: /me answers {status}")
        code = test(program, spec, bearer, options, "--include-operation-id", DEADLY) or code
        log = world.logs()["service"]
        if bearer in log or world.sandbox.key in log:
            failed.append("a secret is in the service's log")
        for text in failed:
            print(f"FAIL  {text}")
        if code:
            print("the end of the service's log:", log[-3000:], sep="\n")
    return 1 if code or failed else 0


if __name__ == "__main__":
    sys.exit(main())
