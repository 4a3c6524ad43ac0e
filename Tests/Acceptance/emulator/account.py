"""One account: lists, fields, contacts, and the batches that the importer works off."""

import heapq
import uuid

from .rules import list_id

ACTIVE, UNSUBSCRIBED = 1, 2


class Contact:
    __slots__ = ("id", "email", "first_name", "last_name", "phone", "customer_acct_name",
                 "fields", "tags", "lists")

    def __init__(self, number, email):
        self.id, self.email = number, email
        self.first_name = self.last_name = self.phone = self.customer_acct_name = ""
        self.fields, self.tags = {}, set()
        #: list id -> (status, who caused it: "client", "person" or "admin")
        self.lists = {}

    def plain(self):
        return {
            "id": self.id, "email": self.email, "first_name": self.first_name,
            "last_name": self.last_name, "phone": self.phone,
            "fields": {str(k): v for k, v in sorted(self.fields.items())},
            "tags": sorted(self.tags),
            "lists": {str(k): {"status": v[0], "by": v[1]} for k, v in sorted(self.lists.items())},
        }


class Batch:
    __slots__ = ("id", "number", "rows", "size", "accepted_at", "finish_at", "ending", "state",
                 "success", "failure", "answered")

    def __init__(self, name, number, rows, now, finish_at, ending):
        self.id = name
        self.number, self.rows, self.size = number, rows, len(rows)
        self.accepted_at, self.finish_at, self.ending = now, finish_at, ending
        self.state, self.success, self.failure = "queued", [], []
        #: False while nobody knows whether the client read the answer.
        self.answered = False


class Account:
    def __init__(self, knobs, random):
        self.knobs, self.random = knobs, random
        self.lists, self.fields = {}, {}
        self.allowed_fields = None
        self.by_email, self.by_id = {}, []
        self.tags, self.contact_tags, self.contact_lists = {}, {}, {}
        self.excluded, self.bounced = set(), set()
        self.batches, self._work, self._busy_until = {}, [], 0.0
        #: address -> (batch, row) while the batch is accepted and not yet ended.
        self.in_flight = {}

    # Contacts

    def contact(self, address, create=True):
        found = self.by_email.get(address)
        if found is None and create:
            found = Contact(len(self.by_id) + 1, address)
            self.by_id.append(found)
            self.by_email[address] = found
        return found

    def with_id(self, number):
        return self.by_id[number - 1] if 0 < number <= len(self.by_id) else None

    def active_contacts(self):
        return sum(
            any(status == ACTIVE for status, _ in c.lists.values()) for c in self.by_id)

    # Batches

    def accept(self, rows, now, ending):
        """Queues the rows; `ending` is completed, failed or interrupted."""
        knobs = self.knobs
        start = max(now + knobs.processing_delay, self._busy_until)
        self._busy_until = start + len(rows) / knobs.processing_rate
        finish = self._busy_until + self.random.random() * knobs.processing_jitter
        name = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        batch = Batch(name, len(self.batches) + 1, rows, now, finish, ending)
        self.batches[batch.id] = batch
        heapq.heappush(self._work, (finish, batch.number, batch))
        for row in rows:
            self.in_flight[row["email"].lower()] = (batch, row)
        return batch

    def advance(self, now):
        """Works off what is due by `now`; cheap when nothing is."""
        while self._work and self._work[0][0] <= now:
            self._end(heapq.heappop(self._work)[2])

    def _end(self, batch):
        if batch.ending == "completed":
            for row in batch.rows:
                self._import(row, batch)
        batch.state = batch.ending
        for row in batch.rows:
            address = row["email"].lower()
            if self.in_flight.get(address, (None,))[0] is batch:
                del self.in_flight[address]
        batch.rows = None

    def status(self, batch, now):
        """What `import/info` says: False in the first second, then a word."""
        if now - batch.accepted_at < 1.0:
            return False
        if batch.state != "queued":
            return batch.state
        span = max(batch.finish_at - batch.accepted_at, 1e-9)
        done = (now - batch.accepted_at) / span
        return "waiting" if done < 0.6 else "claimed" if done < 0.8 else "active"

    def _import(self, row, batch):
        address = row["email"].lower()
        joined = [list_id(e) for e in row.get("subscribe", ())]
        left = [list_id(e) for e in row.get("unsubscribe", ())]
        if address in self.excluded:
            if self.knobs.excluded_in_failure:
                batch.failure.append(row["email"])
            return
        existing = self.by_email.get(address)
        if address in self.bounced or self._no_room(existing, joined):
            batch.failure.append(row["email"])
            return
        if existing is not None and joined:
            barred = [n for n in joined if self._barred(existing, n)]
            if barred and self.knobs.rule7_effect == "fail":
                batch.failure.append(row["email"])
                return
            joined = [n for n in joined if n not in barred]
        contact = existing if existing is not None else self.contact(address)
        for key in ("first_name", "last_name", "phone", "customer_acct_name"):
            if key in row:
                setattr(contact, key, row[key])
        for value in row.get("fields", ()):
            if value["id"] in self.fields:
                contact.fields[value["id"]] = value["value"]
        for tag in row.get("tags", ()):
            self.tag(tag)
            contact.tags.add(tag)
        for number in joined:
            if number in self.lists:
                contact.lists[number] = (ACTIVE, "client")
        for number in left:
            if number in self.lists and contact.lists.get(number, (ACTIVE,))[0] != UNSUBSCRIBED:
                contact.lists[number] = (UNSUBSCRIBED, "client")
        batch.success.append(str(contact.id))

    def _barred(self, contact, number):
        status, by = contact.lists.get(number, (0, ""))
        return status == UNSUBSCRIBED and (self.knobs.rule7_scope == "any" or by == "person")

    def _no_room(self, existing, joined):
        limit = self.knobs.contact_limit
        if not limit or not joined:
            return False
        if existing and any(s == ACTIVE for s, _ in existing.lists.values()):
            return False
        return self.active_contacts() >= limit

    # Tags

    def tag(self, name):
        if name not in self.tags:
            self.tags[name] = len(self.tags) + 1
        return self.tags[name]

    # Seeding

    def seed(self, plan):
        """Adds what the plan names; see the text at the top of `strict_emulator.py`."""
        for entry in plan.get("lists", ()):
            self.lists[int(entry["id"])] = entry.get("name", f"List {entry['id']}")
        for entry in plan.get("fields", ()):
            self.fields[int(entry["id"])] = (
                entry.get("title", f"Field {entry['id']}"), entry.get("type", "text"))
        if "allowed_fields" in plan:
            allowed = plan["allowed_fields"]
            self.allowed_fields = None if allowed is None else set(map(int, allowed))
        self.excluded.update(a.lower() for a in plan.get("excluded", ()))
        for address in plan.get("bounced", ()):
            self.bounced.add(self.contact(address.lower()).email)
        for entry in plan.get("contacts", ()):
            contact = self.contact(entry["email"].lower())
            for key in ("first_name", "last_name", "phone"):
                if key in entry:
                    setattr(contact, key, entry[key])
            contact.fields.update({int(k): v for k, v in entry.get("fields", {}).items()})
            for number, status in entry.get("lists", {}).items():
                contact.lists[int(number)] = (int(status), entry.get("by", "admin"))
        for entry in plan.get("unsubscribed", ()):
            contact = self.contact(entry["email"].lower())
            contact.lists[int(entry["list"])] = (UNSUBSCRIBED, entry.get("by", "person"))
