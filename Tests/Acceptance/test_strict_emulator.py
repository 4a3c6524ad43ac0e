#!/usr/bin/env python3
"""Tests of the strict emulator itself, with a small client of their own."""

import http.client
import json
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import Emulator  # noqa: E402

IMPORT = "/api/3/import/bulk_import"


class Client:
    """A well-behaved client with one kept connection."""

    def __init__(self, emulator):
        self.connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
        self.headers = {"Api-Token": emulator.api_key, "Accept": "application/json"}

    def send(self, method, path, body=None, **headers):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        sent = dict(self.headers)
        if data is not None:
            sent["Content-Type"] = "application/json"
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        self.connection.request(method, path, data, sent)
        response = self.connection.getresponse()
        text = response.read()
        kind = response.headers.get("Content-Type", "")
        value = json.loads(text) if text and "json" in kind else text
        return response.status, value, response.headers

    def load(self, contacts, **more):
        return self.send("POST", IMPORT, {
            "contacts": contacts, "exclude_automations": True, **more})


def people(*names, **more):
    return [{"email": f"{name}@shop.test", "subscribe": [{"listid": 12}], **more} for name in names]


class StrictEmulatorTests(unittest.TestCase):
    flags = ("--clock-scale", "100", "--requests-per-second", "0", "--imports-per-minute", "0",
             "--single-imports-per-minute", "0")

    def setUp(self):
        self.emulator = Emulator(*self.flags)
        self.addCleanup(self.emulator.stop)
        self.client = Client(self.emulator)
        self.addCleanup(self.client.connection.close)

    def codes(self):
        return self.emulator.violations()["codes"]

    def settle(self, batch):
        for _ in range(500):
            answer = self.client.send("GET", f"/api/3/import/info?batchId={batch}")[1]
            if answer["status"] in ("completed", "failed", "interrupted"):
                return answer
            time.sleep(0.005)
        self.fail("the batch never ended")

    def test_a_clean_import_ends_completed_and_leaves_no_violation(self):
        rows = people("ada", "bob", first_name="X", fields=[{"id": 1, "value": "DE"}], tags=["t"])
        status, answer, headers = self.client.load(rows)
        self.assertEqual((status, answer["Success"], answer["queued_contacts"]), (200, 1, 2))
        self.assertIn("RateLimit-Remaining", headers)
        self.assertEqual(len(self.settle(answer["batchId"])["success"]), 2)
        kept = self.emulator.contacts(12)
        self.assertEqual(kept["ada@shop.test"]["fields"], {"1": "DE"})
        self.assertEqual(self.emulator.active(12), {"ada@shop.test", "bob@shop.test"})
        self.assertEqual(self.codes(), {})

    def test_every_flaw_of_a_row_has_its_code(self):
        flaws = {
            "address-not-normal": {"email": "Ada@shop.test"},
            "address-syntax": {"email": "ada@shop"},
            "camel-case-key": {"email": "a@shop.test", "firstName": "A"},
            "unknown-key": {"email": "a@shop.test", "nickname": "A"},
            "empty-string": {"email": "a@shop.test", "phone": ""},
            "null": {"email": "a@shop.test", "phone": None},
            "unknown-field": {"email": "a@shop.test", "fields": [{"id": 99, "value": "x"}]},
            "wrong-type": {"email": "a@shop.test", "fields": [{"id": "1", "value": "x"}]},
            "unknown-list": {"email": "a@shop.test", "subscribe": [{"listid": 77}]},
            "subscribe-and-unsubscribe": {"email": "a@shop.test", "subscribe": [{"listid": 12}],
                                          "unsubscribe": [{"listid": "12"}]},
            "email-missing": {"first_name": "A"},
        }
        for code, row in flaws.items():
            with self.subTest(code):
                self.emulator.post("/__forget", {})
                self.client.load([row, {"email": "fine@shop.test", "phone": code}])
                self.assertIn(code, self.codes())
                time.sleep(0.05)

    def test_fields_outside_the_allowed_set_are_a_leak(self):
        self.emulator.post("/__seed", {"allowed_fields": [1]})
        self.client.load(people("ada", fields=[{"id": 2, "value": "x"}]))
        self.assertEqual(self.codes(), {"unmapped-field": 1})

    def test_a_decomposed_address_is_not_normal(self):
        self.client.load([{"email": "jose\u0301@shop.test"}, {"email": "jos\u00e9@shop.test"}])
        self.assertEqual(self.codes()["address-not-normal"], 1)

    def test_size_limits_reject_and_count(self):
        self.assertEqual(self.client.load(people(*(f"p{i}" for i in range(251))))[0], 400)
        self.assertEqual(self.client.load(people("a", "b", phone="1" * 210_000))[0], 400)
        self.assertEqual(self.codes(), {"too-many-contacts": 1, "too-many-bytes": 1})
        self.assertEqual(self.emulator.get("/__state")["contacts"], 0)

    def test_an_address_twice_in_a_batch_or_in_flight_is_found(self):
        self.client.load(people("ada", "ada"))
        self.assertEqual(self.codes(), {"duplicate-in-batch": 1})
        self.emulator.post("/__forget", {})
        self.emulator.faults(processing_delay=1000.0)
        self.client.load(people("bob", "cyd"))
        self.client.load(people("bob", "cyd"))
        self.assertEqual(self.codes(), {"in-flight-duplicate": 1})
        self.client.load(people("bob", "cyd", phone="1"))
        self.assertEqual(self.codes()["in-flight-conflict"], 1)

    def test_rows_of_a_lost_answer_are_in_flight_until_their_batch_has_ended(self):
        self.lose_answer("eve", "fay")
        for _ in range(300):
            if "eve@shop.test" in self.emulator.contacts():
                break
            time.sleep(0.01)
        self.client.load(people("eve", "fay"))
        self.assertEqual(self.codes(), {})
        self.emulator.faults(processing_delay=1000.0)
        self.lose_answer("ada", "bob")
        self.assertEqual(self.client.load(people("ada", "bob"))[0], 200)
        self.assertEqual(self.codes(), {"in-flight-after-loss": 1})

    def lose_answer(self, *names):
        self.emulator.faults(next_imports=["reset_after_write"])
        with self.assertRaises(ConnectionError):
            self.client.load(people(*names))
        self.client.connection.close()

    def test_poison_rejects_the_whole_batch_with_or_without_a_name(self):
        self.emulator.faults(poison_named=["bad@shop.test"], poison_unnamed=["odd@shop.test"])
        status, answer, _ = self.client.load(people("ada", "bad", "bob"))
        self.assertEqual((status, answer["failureReasons"][0]["contact"]), (400, 2))
        status, answer, _ = self.client.load(people("ada", "odd"))
        self.assertEqual((status, type(answer["failureReasons"][0])), (400, str))
        self.assertEqual(self.emulator.get("/__state")["contacts"], 0)
        self.assertEqual(self.codes(), {})

    def test_exclusions_bounces_limit_and_rule_seven_fail_rows(self):
        self.emulator.post("/__seed", {
            "excluded": ["ex@shop.test"], "bounced": ["bo@shop.test"],
            "unsubscribed": [{"email": "un@shop.test", "list": 12, "by": "person"}]})
        answer = self.client.load(people("ada", "ex", "bo", "un"))[1]
        self.assertEqual(answer["queued_contacts"], 3)
        ended = self.settle(answer["batchId"])
        self.assertEqual(
            sorted(ended["failure"]), ["bo@shop.test", "ex@shop.test", "un@shop.test"])
        exclusions = self.client.send("GET", "/api/3/lists/exclusions?limit=100")[1]["exclusions"]
        self.assertEqual([e["matchPhrase"] for e in exclusions], ["ex@shop.test"])
        self.emulator.faults(excluded_in_failure=False, contact_limit=1)
        answer = self.client.load(people("ex", "bob"))[1]
        self.assertEqual(self.settle(answer["batchId"])["failure"], ["bob@shop.test"])
        self.assertEqual(self.emulator.active(12), {"ada@shop.test"})
        kept = self.emulator.contacts(12)["un@shop.test"]["lists"]["12"]
        self.assertEqual((kept["status"], kept["by"]), (2, "person"))

    def test_an_opt_out_put_back_is_a_violation_and_an_own_removal_is_not(self):
        self.emulator.post("/__seed", {
            "unsubscribed": [{"email": "un@shop.test", "list": 12, "by": "person"},
                             {"email": "own@shop.test", "list": 12, "by": "client"}],
            "contacts": [{"email": "new@shop.test"}]})
        ids = {a: c["id"] for a, c in self.emulator.contacts().items()}

        def put_back(name):
            body = {"list": 12, "contact": ids[f"{name}@shop.test"], "status": 1, "sourceid": 4}
            return self.client.send("POST", "/api/3/contactLists", {"contactList": body})[0]

        self.assertEqual([put_back("own"), put_back("un"), put_back("new")], [200, 200, 200])
        self.assertEqual(self.codes(), {"resubscribed-opt-out": 1, "subscribe-not-removed": 1})

    def test_failed_and_interrupted_batches_change_nothing(self):
        self.emulator.faults(next_imports=["batch_failed", "batch_interrupted"])
        for word in ("failed", "interrupted"):
            batch = self.client.load(people("ada", "bob"))[1]["batchId"]
            self.assertEqual(self.settle(batch), {"status": word})
        self.assertEqual(self.emulator.contacts(), {})
        self.assertEqual(self.codes(), {})

    def test_manners_are_watched(self):
        self.client.send("GET", "/api/3/users/me", Accept="text/html")
        self.client.send("POST", IMPORT, b'{"contacts":[]}', Content_Type="text/plain")
        self.client.send("POST", IMPORT, b'{"contacts":[{"email":"a@b.test"}],"exclude_automations":1}')
        self.client.send("GET", "/api/3/nothing/here")
        status = self.client.send("GET", "/api/3/users/me", Api_Token="wrong")[0]
        self.assertEqual(status, 403)
        found = self.codes()
        for code in ("accept", "content-type", "empty-batch", "automations-not-boolean",
                     "unknown-endpoint"):
            self.assertEqual(found.get(code), 1, code)

    def test_a_single_import_before_others_is_lonely_and_a_last_one_is_not(self):
        self.client.load(people("a", "b"))
        self.client.load(people("c"))
        self.assertEqual(self.codes(), {})
        self.client.load(people("d"))
        self.assertEqual(self.codes(), {"lonely-import": 1})
        self.emulator.post("/__forget", {})
        self.emulator.mark("again")
        self.emulator.faults(poison_named=["bad@shop.test"])
        self.client.load(people("a", "bad"))
        self.client.load(people("a"))
        self.client.load(people("bad"))
        self.client.load(people("a", "b2", phone="3"))
        self.assertNotIn("lonely-import", self.codes())

    def test_unscripted_faults_follow_their_rates(self):
        self.emulator.faults(rate_503=0.2, rate_html_200=0.1, rate_empty_200=0.1,
                             rate_cloudflare_502=0.1, rate_402=0.1)
        seen = [self.client.send("GET", "/api/3/users/me")[0] for _ in range(300)]
        for status in (200, 402, 502, 503):
            self.assertIn(status, seen)
        self.assertTrue(30 < seen.count(503) < 90)
        self.assertEqual(self.codes(), {})

    def test_a_redirect_followed_is_a_violation(self):
        self.emulator.faults(rate_redirect=1.0)
        status, _, headers = self.client.send("GET", "/api/3/users/me")
        self.assertEqual(status, 302)
        self.client.send("GET", headers["Location"])
        self.assertEqual(self.codes(), {"followed-redirect": 1})

    def test_chunked_bodies_and_early_polls_are_understood(self):
        body = json.dumps({"contacts": people("ada"), "exclude_automations": True}).encode()
        pieces = (body[i:i + 17] for i in range(0, len(body), 17))
        self.client.connection.request(
            "POST", IMPORT, pieces, {**self.client.headers, "Content-Type": "application/json",
                                     "Transfer-Encoding": "chunked"}, encode_chunked=True)
        answer = json.loads(self.client.connection.getresponse().read())
        first = self.client.send("GET", f"/api/3/import/info?batchId={answer['batchId']}")[1]
        self.assertIs(first["status"], False)
        self.settle(answer["batchId"])
        self.assertEqual(self.codes(), {})
        self.assertIn("early-poll", self.emulator.violations()["warning_codes"])

    def test_four_thousand_batches_pass_quickly(self):
        self.emulator.faults(processing_delay=1.0, processing_rate=1e9)
        row = '{"email":"p%d@shop.test","first_name":"A","fields":[{"id":1,"value":"x"}],' \
              '"subscribe":[{"listid":12}]}'
        began = time.monotonic()
        for batch in range(4_000):
            rows = ",".join(row % (batch * 250 + i) for i in range(10 if batch % 8 else 250))
            self.client.send(
                "POST", IMPORT, f'{{"contacts":[{rows}],"exclude_automations":true}}'.encode())
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(self.emulator.get("/__state")["totals"]["accepted_batches"], 4_000)
        self.assertEqual(self.codes(), {})


class LimitTests(unittest.TestCase):
    def setUp(self):
        self.emulator = Emulator()
        self.addCleanup(self.emulator.stop)
        self.client = Client(self.emulator)
        self.addCleanup(self.client.connection.close)

    def codes(self):
        return self.emulator.violations()["codes"]

    def test_six_requests_at_once_break_both_windows_and_are_answered_429(self):
        statuses = [self.client.send("GET", "/api/3/users/me") for _ in range(6)]
        self.assertEqual([s[0] for s in statuses], [200] * 5 + [429])
        self.assertEqual(statuses[-1][2]["Retry-After"], "1")
        self.assertEqual(self.codes(), {"rate-sliding": 1, "rate-bucket": 1})

    def test_five_a_second_are_fine_and_a_burst_within_the_bucket_breaks_the_window(self):
        for _ in range(11):
            self.client.send("GET", "/api/3/users/me")
            time.sleep(0.205)
        self.assertEqual(self.codes(), {})
        time.sleep(1.0)
        for pause in (0.0, 0.0, 0.0, 0.0, 0.3, 0.0):
            time.sleep(pause)
            self.client.send("GET", "/api/3/users/me")
        self.assertEqual(self.codes(), {"rate-sliding": 1})

    def test_a_request_within_retry_after_is_a_violation_but_not_one_under_way(self):
        self.emulator.post("/__limits", {"requests_per_second": 0, "imports_per_minute": 0,
                                         "single_imports_per_minute": 0})
        self.emulator.faults(rate_429=1.0, retry_after=1)
        self.client.send("GET", "/api/3/users/me")
        self.emulator.faults(rate_429=0.0)
        self.client.send("GET", "/api/3/users/me")
        self.assertEqual(self.codes(), {})
        time.sleep(0.5)
        self.client.send("GET", "/api/3/users/me")
        self.assertEqual(self.codes(), {"before-retry-after": 1})
        time.sleep(0.6)
        self.client.send("GET", "/api/3/users/me")
        self.assertEqual(self.codes(), {"before-retry-after": 1})

    def test_the_importer_counts_single_and_multi_apart(self):
        self.emulator.post("/__limits", {"requests_per_second": 0, "imports_per_minute": 3,
                                         "single_imports_per_minute": 2})
        answers = [self.client.load(people(f"a{i}", f"b{i}")) for i in range(4)]
        self.assertEqual([a[0] for a in answers], [200, 200, 200, 400])
        self.assertEqual(answers[3][1]["message"], "Rate limit exceeded.")
        singles = [self.client.load(people("a0", phone=str(i)))[0] for i in range(1, 4)]
        self.assertEqual(singles, [200, 200, 400])
        self.assertEqual(self.codes()["rate-imports-multi"], 1)
        self.assertEqual(self.codes()["rate-imports-single"], 1)

    def test_many_connections_share_one_account(self):
        def ask():
            client = Client(self.emulator)
            client.send("GET", "/api/3/users/me")
            client.connection.close()
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.codes()["rate-sliding"], 3)


if __name__ == "__main__":
    unittest.main()
