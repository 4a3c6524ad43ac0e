"""The API itself: which request has which effect and which answer, and what was wrong with it."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

from . import rules
from .account import ACTIVE, UNSUBSCRIBED, Account
from .knobs import EARLY_FAULTS, IMPORT_FAULTS
from .limits import Bucket, RetryAfter, SlidingWindow
from .replies import (Reply, answer, error, fault, importer_rate_limit, message, rejected)
from .watch import Watch

IMPORT = "/api/3/import/bulk_import"


class Request:
    __slots__ = ("method", "path", "query", "headers", "body", "origin")

    def __init__(self, method, target, headers, body, origin):
        parts = urlsplit(target)
        self.method, self.path = method, unquote(parts.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.headers, self.body, self.origin = headers, body, origin

    def one(self, name, default=None):
        return self.query.get(name, [default])[0]

    def number(self, name, default):
        value = self.one(name)
        return int(value) if value and value.lstrip("-").isdigit() else default


class API:
    def __init__(self, knobs, clock, random, key, requests_per_second=5, imports_per_minute=100,
                 single_imports_per_minute=20, slack=0.02):
        self.knobs, self.clock, self.random, self.key = knobs, clock, random, key
        self.slack = slack * clock.scale
        self.watch = Watch(clock)
        self.account = Account(knobs, random)
        self.retry_after = RetryAfter()
        self.last_importer_400 = None
        self.limit(requests_per_second, imports_per_minute, single_imports_per_minute)

    def limit(self, requests_per_second, imports_per_minute, single_imports_per_minute):
        """Sets the account's limits anew, with empty windows; 0 lifts one."""
        self.window = SlidingWindow(requests_per_second, 1.0, self.slack)
        self.bucket = Bucket(requests_per_second, self.slack)
        self.imports = SlidingWindow(imports_per_minute, 60.0, self.slack)
        self.single_imports = SlidingWindow(single_imports_per_minute, 60.0, self.slack)

    # The way every request goes

    def handle(self, request):
        now = self.clock.now()
        self.account.advance(now)
        self.watch.count("requests")
        over = self._count(now)
        self._check_manners(request)
        reply = self._forbidden(request) or (over if self.knobs.enforce_limits else None)
        reply = reply or self._early_fault() or self._route(request, now)
        reply.headers = (*reply.headers,
                         ("RateLimit-Limit", str(self.bucket.rate or 5)),
                         ("RateLimit-Remaining", str(self.bucket.remaining())))
        self.watch.count(f"status_{reply.status if not reply.cut else 'cut'}")
        return reply

    def _count(self, now):
        early = self.retry_after.too_early()
        if early > 0:
            self.watch.violation("before-retry-after", f"a request came {early:.2f} s too early")
        excess = self.window.arrive(now)
        if excess:
            self.watch.violation(
                "rate-sliding",
                f"{self.window.limit + excess} requests in one second, {self.window.limit} allowed")
        if self.bucket.take(now):
            return None
        self.watch.violation("rate-bucket", f"over {self.bucket.rate} requests a second")
        if not self.knobs.enforce_limits:
            return None
        self.retry_after.ask(self.knobs.retry_after)
        return fault("429", self.knobs.retry_after)

    def _check_manners(self, request):
        headers, report = request.headers, self.watch.violation
        if "application/json" not in headers.get("accept", ""):
            report("accept", f"{request.method} {request.path} has Accept '{headers.get('accept')}'")
        if request.body:
            kind = headers.get("content-type", "").split(";")[0].strip().lower()
            if kind != "application/json":
                report("content-type", f"{request.method} {request.path} has Content-Type '{kind}'")
            if "content-encoding" in headers:
                report("content-encoding", "a request body is compressed")
        if request.method == "GET" and request.body:
            report("get-with-body", f"GET {request.path} has a body")
        if request.path.endswith("/followed-redirect"):
            report("followed-redirect", "the client followed a redirect, its key in hand")

    def _forbidden(self, request):
        if request.headers.get("api-token") == self.key:
            return None
        self.watch.count("forbidden")
        return message(403, "You do not have permission to view this directory or page.")

    def _early_fault(self):
        for name in EARLY_FAULTS:
            rate = getattr(self.knobs, f"rate_{name}")
            if rate and self.random.random() < rate:
                self.watch.count(f"fault_{name}")
                if name == "429":
                    self.retry_after.ask(self.knobs.retry_after)
                return fault(name, self.knobs.retry_after)
        return None

    # Routes

    def _route(self, request, now):
        path, method = request.path, request.method
        if path == IMPORT:
            if method == "POST":
                return self._import(request, now)
            if method == "GET":
                return self._aggregate()
        elif path == "/api/3/import/info" and method == "GET":
            return self._info(request, now)
        parts = path.removeprefix("/api/3").strip("/").split("/")
        name = f"_{method.lower()}_{'_'.join('id' if p.isdigit() else p for p in parts)}"
        route = getattr(self, name.replace("-", "_"), None) if path.startswith("/api/3") else None
        if route is None:
            self.watch.violation("unknown-endpoint", f"{method} {path}")
            return message(404, "No Route found")
        numbers = [int(p) for p in parts if p.isdigit()]
        body = None
        if method in ("POST", "PUT"):
            try:
                body = json.loads(request.body)
            except ValueError:
                self.watch.violation("bad-json", f"{method} {path}: the body is not JSON")
                return error(400, "Bad Request", status=400, detail="unparsable")
        return route(request, body, *numbers)

    # Importer

    def _import(self, request, now):
        self.watch.count("imports")
        if request.headers.get("transfer-encoding"):
            self.watch.count("chunked_imports")
        planned = self._planned_fault()
        if planned in EARLY_FAULTS:
            self.watch.count(f"fault_{planned}")
            if planned == "429":
                self.retry_after.ask(self.knobs.retry_after)
            return fault(planned, self.knobs.retry_after)
        report = self.watch.violation
        if len(request.body) > rules.MOST_BYTES:
            report("too-many-bytes", f"an import of {len(request.body)} bytes")
            return rejected(["Payload too large"])
        try:
            envelope = json.loads(request.body.decode("utf-8"))
            rows = envelope["contacts"]
        except (ValueError, KeyError, TypeError):
            report("bad-json", "an import is not a JSON object with 'contacts'")
            return rejected(["Invalid or unparsable json"])
        self._check_envelope(envelope)
        if type(rows) is not list or not rows:
            report("empty-batch", "an import has no contacts")
            return rejected(["Invalid or unparsable json"])
        limited = self._count_import(len(rows), now, planned == "importer_400")
        if limited:
            return limited
        if len(rows) > rules.MOST_CONTACTS:
            report("too-many-contacts", f"an import of {len(rows)} contacts")
            return rejected([f"Up to {rules.MOST_CONTACTS} contacts may be imported at once."])
        self.watch.count("received_rows", len(rows))
        refused = self._check_rows(rows)
        if refused:
            self.watch.count("rejected_batches")
            return rejected(refused)
        return self._accept(rows, now, planned)

    def _planned_fault(self):
        if self.knobs.next_imports:
            return self.knobs.next_imports.pop(0)
        for name in IMPORT_FAULTS:
            rate = getattr(self.knobs, f"rate_{name}")
            if rate and self.random.random() < rate:
                return name
        return None

    def _check_envelope(self, envelope):
        report = self.watch.violation
        for key in sorted(envelope.keys() - rules.ENVELOPE_KEYS):
            report("unknown-key", f"an import has the key '{key}' beside its contacts")
        flag = envelope.get("exclude_automations")
        if "exclude_automations" in envelope and type(flag) is not bool:
            report("automations-not-boolean", f"exclude_automations is {flag!r}")
        elif "exclude_automations" not in envelope and self.knobs.require_exclude_automations:
            report("automations-missing", "an import does not say exclude_automations")
        self.watch.count(f"exclude_automations_{json.dumps(flag)}")
        if "callback" in envelope:
            self.watch.warning("callback", "an import asks for a callback")

    def _count_import(self, count, now, planned):
        single = count == 1
        window = self.single_imports if single else self.imports
        kind = "single" if single else "multi"
        self.watch.count(f"{kind}_imports")
        excess = window.arrive(now)
        if excess:
            self.watch.violation(
                f"rate-imports-{kind}", f"{window.limit + excess} imports in a minute")
        wait = self.knobs.importer_400_wait
        if wait and self.last_importer_400 is not None:
            passed = (now - self.last_importer_400) / self.clock.scale
            if 0.15 < passed < wait - 0.01:
                self.watch.violation(
                    "import-before-minute", f"an import {passed:.2f} s after 'Rate limit exceeded.'")
        if planned or (excess and self.knobs.enforce_limits):
            if planned:
                self.watch.count("fault_importer_400")
            self.last_importer_400 = now
            return importer_rate_limit(single)
        return None

    def _check_rows(self, rows):
        account, report = self.account, self.watch.violation
        row_rules = rules.RowRules(account.lists, account.fields, account.allowed_fields, report)
        refused, addresses = [], []
        named, unnamed = set(self.knobs.poison_named), set(self.knobs.poison_unnamed)
        nameless = False
        for position, row in enumerate(rows, 1):
            reason = row_rules.check(row, position)
            address = row.get("email") if type(row) is dict else None
            if type(address) is str:
                address = address.lower()
                addresses.append(address)
                if address in named:
                    reason = reason or "Field 'email' incorrect format"
                    self.watch.troubled([address])
                nameless = nameless or address in unnamed
            if reason:
                refused.append({"contact": position, "failureReason": reason})
        if len(set(addresses)) < len(addresses):
            twice = next(a for a in addresses if addresses.count(a) > 1)
            report("duplicate-in-batch", f"'{twice}' stands twice in one import")
        self.watch.import_seen(addresses)
        if nameless and not refused:
            self.watch.troubled(addresses if len(addresses) == 1 else [])
            return ["Contact data could not be validated."]
        return refused

    def _accept(self, rows, now, planned):
        self._check_in_flight(rows)
        ending = planned.removeprefix("batch_") if planned in IMPORT_FAULTS[2:] else "completed"
        if ending != "completed":
            self.watch.count(f"fault_{planned}")
        batch = self.account.accept(rows, now, ending)
        addresses = [row["email"].lower() for row in rows]
        self.watch.import_accepted(addresses)
        excluded = [a for a in addresses if a in self.account.excluded]
        self.watch.troubled(excluded)
        if planned == "reset_after_write":
            self.watch.count("fault_reset_after_write")
            return Reply(0, cut=True)
        reply = answer({
            self.knobs.success_key: 1, "queued_contacts": len(rows) - len(excluded),
            "batchId": batch.id, "message": "Contact import queued"})
        reply.sent = batch
        return reply

    def _check_in_flight(self, rows):
        # One report a batch is enough: they come in whole batches. A batch whose answer was lost is
        # in flight like any other; the client can see in the aggregate when nothing is outstanding.
        conflicts = duplicates = lost = 0
        for row in rows:
            known = self.account.in_flight.get(row["email"].lower())
            if known is None:
                continue
            batch, before = known
            if before != row:
                conflicts += 1
            elif batch.answered:
                duplicates += 1
            else:
                lost += 1
        if conflicts:
            self.watch.violation(
                "in-flight-conflict", f"{conflicts} addresses sent with other content in flight")
        if duplicates:
            self.watch.violation(
                "in-flight-duplicate", f"{duplicates} addresses sent again while in flight")
        if lost:
            self.watch.violation(
                "in-flight-after-loss",
                f"{lost} addresses sent again while the import whose answer was lost was in flight")

    def _info(self, request, now):
        self.watch.count("infos")
        name = request.one("batchId")
        if not name:
            return answer({"success": 0, "message": "'batchId' is a required field."}, 400)
        batch = self.account.batches.get(name)
        if batch is None:
            self.watch.warning("unknown-batch", f"asked about the unknown batch '{name}'")
            return answer({"status": False, "success": [], "failure": []})
        if now - batch.accepted_at < 1.0:
            self.watch.warning(
                "early-poll", f"asked {now - batch.accepted_at:.2f} s after the import")
        status = self.account.status(batch, now)
        if status in ("failed", "interrupted"):
            return answer({"status": status})
        if status == "completed":
            self.watch.troubled(a.lower() for a in batch.failure)
            return answer(
                {"status": status, "success": batch.success, "failure": batch.failure})
        return answer({"status": status, "success": [], "failure": []})

    def _aggregate(self):
        self.watch.count("aggregates")
        batches = self.account.batches.values()
        waiting = [b for b in batches if b.state == "queued"]
        ended = len(batches) - len(waiting)

        def line(count, contacts):
            return [{"forDate": "2026-03-02", "batches": str(count), "contacts": str(contacts)}]

        size = sum(b.size for b in waiting)
        total = sum(b.size for b in batches)
        return answer({
            "outstanding": line(len(waiting), size) if waiting else [],
            "recentlyCompleted": line(ended, total - size) if ended else []})

    # Account, lists, fields, tags

    def _get_(self, request, body):
        return answer({})

    def _get_users_me(self, request, body):
        return answer({"user": {
            "username": "syncbot", "firstName": "Sync", "lastName": "Bot",
            "email": "sync@acme.test", "phone": "", "signature": None,
            "links": {"lists": f"{request.origin}/api/3/users/4/lists"}, "id": "4"}})

    def _get_settings_account(self, request, body):
        if not self.knobs.admin_key:
            return message(403, "Forbidden")
        return answer({
            "account": "acme.activehosted.com", "email": "owner@acme.test", "first_name": "Ann",
            "last_name": "Owner", "cname": "", "status": "active",
            "subscriber_limit": self.knobs.contact_limit or 5_000_000,
            "subscriber_total": self.account.active_contacts(), "trial": False, "credits": None,
            "branding": False})

    def _list(self, request, number):
        name = self.account.lists[number]
        return {"stringid": f"list-{number}", "userid": "1", "name": name,
                "cdate": "2026-03-01T10:00:00-06:00", "private": "0", "sender_url": "https://shop.test",
                "sender_reminder": "You shop with us.", "deletestamp": None, "udate": None,
                "links": {"user": f"{request.origin}/api/3/lists/{number}/user"},
                "id": str(number), "user": "1"}

    def _page(self, request, values, default=20):
        limit = min(max(request.number("limit", default), 1), 100)
        offset = max(request.number("offset", 0), 0)
        return values[offset:offset + limit]

    def _get_lists(self, request, body):
        wanted = request.one("filters[name]")
        numbers = [n for n, name in sorted(self.account.lists.items())
                   if wanted is None or name == wanted]
        page = [self._list(request, n) for n in self._page(request, numbers)]
        return answer({"lists": page, "meta": {"total": str(len(numbers))}})

    def _get_lists_id(self, request, body, number):
        if number not in self.account.lists:
            return message(404, f"No Result found for _List with id {number}")
        return answer({"list": self._list(request, number)})

    def _get_lists_exclusions(self, request, body):
        addresses = sorted(self.account.excluded)
        entries = [{"matchPhrase": a, "matchType": "exact", "channel": "email", "hidden": "0",
                    "lists": [], "id": str(i)} for i, a in enumerate(addresses, 1)]
        return answer({"exclusions": self._page(request, entries),
                       "meta": {"total": str(len(entries))}})

    def _field(self, number):
        title, kind = self.account.fields[number]
        perstag = title.upper().replace(" ", "_")
        return {"title": title, "descript": "", "type": kind, "isrequired": "0",
                "perstag": perstag, "defval": "", "visible": "1", "ordernum": str(number),
                "cdate": "2026-03-01T10:00:00-06:00", "udate": "2026-03-01T10:00:00-06:00",
                "options": [], "relations": [], "links": {}, "id": str(number)}

    def _get_fields(self, request, body):
        numbers = sorted(self.account.fields)
        page = [self._field(n) for n in self._page(request, numbers, 100)]
        return answer({"fieldOptions": [], "fieldRels": [], "fields": page,
                       "meta": {"total": str(len(numbers))}})

    def _get_fields_id(self, request, body, number):
        if number not in self.account.fields:
            return message(404, f"No Result found for Field with id {number}")
        return answer({"field": self._field(number)})

    def _tag(self, name):
        return {"tag": name, "tagType": "contact", "description": "",
                "subscriber_count": "0", "id": str(self.account.tags[name])}

    def _get_tags(self, request, body):
        part = request.one("search", "") or request.one("filters[search][eq]", "")
        names = sorted(n for n in self.account.tags if part.lower() in n.lower())
        page = [self._tag(n) for n in self._page(request, names)]
        return answer({"tags": page, "meta": {"total": str(len(names))}})

    def _post_tags(self, request, body):
        name = body["tag"]["tag"]
        known = name in self.account.tags
        self.account.tag(name)
        return answer({"tag": self._tag(name)}, 200 if known else 201)

    # Contacts

    def _contact(self, request, contact):
        return {"email": contact.email, "phone": contact.phone, "firstName": contact.first_name,
                "lastName": contact.last_name, "deleted": "0",
                "bounced_hard": "1" if contact.email in self.account.bounced else "0",
                "bounced_soft": "0",
                "cdate": "2026-03-02T09:00:01-06:00", "udate": "2026-03-02T09:00:01-06:00",
                "links": {"contactLists":
                          f"{request.origin}/api/3/contacts/{contact.id}/contactLists"},
                "id": str(contact.id), "organization": None}

    def _get_contacts(self, request, body):
        address, list_number = request.one("email"), request.number("listid", 0)
        status, above = request.number("status", -1), request.number("id_greater", 0)
        if address is not None:
            found = self.account.by_email.get(address.lower())
            contacts = [found] if found else []
        else:
            contacts = self.account.by_id[above:]
        if list_number:
            contacts = [c for c in contacts if list_number in c.lists
                        and status in (-1, c.lists[list_number][0])]
        page = [self._contact(request, c) for c in self._page(request, contacts)]
        return answer({"scoreValues": [], "contacts": page,
                       "meta": {"total": str(len(contacts)), "page_input": {"limit": 20}}})

    def _get_contacts_id(self, request, body, number):
        contact = self.account.with_id(number)
        if contact is None:
            return message(404, f"No Result found for Subscriber with id {number}")
        return answer({
            "contact": self._contact(request, contact),
            "contactLists": self._memberships(contact),
            "fieldValues": [{"contact": str(contact.id), "field": str(k), "value": v}
                            for k, v in sorted(contact.fields.items())]})

    def _post_contact_sync(self, request, body):
        self.watch.count("contact_syncs")
        row = body.get("contact", {})
        address = row.get("email")
        if not address:
            return error(400, "Bad Request", status=400,
                         detail="Contact email must be provided for sync")
        if not rules.is_importable(address):
            return error(422, "Contact Email Address is not valid.", code="email_invalid",
                         error="must_be_valid_email_address",
                         source={"pointer": "/data/attributes/email"})
        if not rules.is_normal(address):
            self.watch.violation("address-not-normal", f"'{address}' in contact/sync")
        known = address.lower() in self.account.by_email
        contact = self.account.contact(address.lower())
        for key, name in (("firstName", "first_name"), ("lastName", "last_name"),
                          ("phone", "phone")):
            if key in row:
                if row[key] in ("", None):
                    self.watch.violation("empty-string", f"'{key}' in contact/sync is empty")
                setattr(contact, name, row[key] or "")
        for value in row.get("fieldValues", ()):
            number = int(value["field"])
            if number in self.account.fields:
                contact.fields[number] = value["value"]
            else:
                self.watch.violation("unknown-field", f"field {number} does not exist")
        return answer({"fieldValues": [], "contact": self._contact(request, contact)},
                      200 if known else 201)

    def _memberships(self, contact):
        return [{"contact": str(contact.id), "list": str(number), "status": str(status),
                 "sourceid": "0",
                 "unsubreason": "by the person" if by == "person" and self.knobs.tells_reason else "",
                 "unsubscribeAutomation": None, "campaign": None, "ip4Unsub": "0",
                 "created_timestamp": "2026-03-02 09:00:01",
                 "updated_timestamp": "2026-03-02 09:00:01",
                 "id": str(self._membership_id(contact, number))}
                for number, (status, by) in sorted(contact.lists.items())]

    def _membership_id(self, contact, number):
        ids = self.account.contact_lists
        return ids.setdefault((contact.id, number), len(ids) + 1)

    def _get_contacts_id_contactLists(self, request, body, number):
        contact = self.account.with_id(number)
        if contact is None:
            return message(404, f"No Result found for Subscriber with id {number}")
        return answer({"contactLists": self._memberships(contact)})

    def _post_contactLists(self, request, body):
        self.watch.count("contact_lists")
        row, report = body.get("contactList", {}), self.watch.violation
        try:
            number, contact = int(row["list"]), self.account.with_id(int(row["contact"]))
            status = int(row["status"])
        except (KeyError, TypeError, ValueError):
            report("wrong-type", "contactList needs list, contact and status")
            return error(422, "The value you selected is not a valid choice.")
        if contact is None or number not in self.account.lists:
            report("unknown-list", f"contactList of list {number}")
            return error(422, "Related list or contact does not exist.")
        if status not in (0, 1, 2, 3):
            return error(422, "The value you selected is not a valid choice.")
        before, by = contact.lists.get(number, (0, "nobody"))
        if status == ACTIVE:
            if before == UNSUBSCRIBED and by == "person":
                report("resubscribed-opt-out",
                       f"'{contact.email}' opted out of list {number} and was put back")
            elif not (before == UNSUBSCRIBED and by == "client"):
                report("subscribe-not-removed",
                       f"'{contact.email}' was put on list {number}, but the client had not removed it")
            if "sourceid" not in row:
                self.watch.warning("no-sourceid", "a re-subscription without sourceid 4")
        contact.lists[number] = (status, "client")
        self.watch.count(f"contact_lists_status_{status}")
        return answer({
            "contacts": [{"id": str(contact.id), "email": contact.email}],
            "contactList": {**row, "id": str(self._membership_id(contact, number)),
                            "sdate": "2026-03-02T09:00:05-06:00", "automation": None}})
