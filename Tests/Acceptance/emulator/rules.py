"""What an import request has to look like, to the letter of the reference."""

import re
import unicodedata

CONTACT_KEYS = frozenset([
    "email", "first_name", "last_name", "phone", "customer_acct_name", "tags", "fields",
    "subscribe", "unsubscribe",
])
TEXT_KEYS = ("first_name", "last_name", "phone", "customer_acct_name")
ENVELOPE_KEYS = frozenset(["contacts", "exclude_automations", "callback"])
MOST_CONTACTS = 250
MOST_BYTES = 399_999

#: Rules 1 to 3: no forbidden character in either part, one at-sign, a dot and two letters after it.
_ADDRESS = re.compile(
    r'[^\s"(),:;<>@\[\\\]]+@[^\s"(),:;<>@\[\\\]]*\.[^\W\d_]{2}[^\s"(),:;<>@\[\\\]]*\Z')


def is_importable(address):
    """Whether the importer takes the address, by rules 1 to 3."""
    return _ADDRESS.match(address) is not None


def is_normal(address):
    """Whether the address is trimmed, lower-cased and in Unicode NFC."""
    if address != address.strip() or address.lower() != address:
        return False
    return address.isascii() or unicodedata.is_normalized("NFC", address)


class RowRules:
    """Checks rows against the account's lists and fields; `report(code, message)` takes violations."""

    def __init__(self, lists, fields, allowed_fields, report):
        self.lists, self.fields, self.allowed_fields = lists, fields, allowed_fields
        self.report = report

    def check(self, row, position):
        """Reports violations; answers the importer's own reason to reject the row, or None."""
        if type(row) is not dict:
            self.report("wrong-type", f"contact {position} is not an object")
            return "Contact is not an object"
        if not row.keys() <= CONTACT_KEYS:
            self._unknown(row.keys() - CONTACT_KEYS, position)
        for key in TEXT_KEYS:
            if key in row:
                self._text(row[key], f"'{key}' of contact {position}")
        if "tags" in row:
            self._tags(row["tags"], position)
        if "fields" in row:
            self._fields(row["fields"], position)
        joined = self._lists(row.get("subscribe"), "subscribe", row, position)
        left = self._lists(row.get("unsubscribe"), "unsubscribe", row, position)
        if joined and left and joined & left:
            self.report(
                "subscribe-and-unsubscribe",
                f"contact {position} joins and leaves list {min(joined & left)}")
        return self._email(row, position)

    def _email(self, row, position):
        address = row.get("email")
        if type(address) is not str:
            self.report("email-missing", f"contact {position} has no 'email'")
            return "Field 'email' not found"
        if address == "":
            self.report("empty-string", f"'email' of contact {position} is empty")
            return "Field 'email' incorrect format"
        if not is_normal(address):
            self.report("address-not-normal", f"'{address}' is not trimmed, lower-cased and NFC")
        if len(address) > 254:
            self.report("address-too-long", f"address of contact {position} is over 254 characters")
        if not is_importable(address.strip()):
            self.report("address-syntax", f"'{address}' breaks the importer's rules 1 to 3")
            return "Field 'email' incorrect format"
        return None

    def _unknown(self, keys, position):
        for key in sorted(keys):
            code = "camel-case-key" if re.search("[a-z][A-Z]", key) else "unknown-key"
            self.report(code, f"contact {position} has the key '{key}'")

    def _text(self, value, what):
        if value is None:
            self.report("null", f"{what} is null")
        elif type(value) is not str:
            self.report("wrong-type", f"{what} is not text")
        elif value == "":
            self.report("empty-string", f"{what} is empty")
        elif value.isspace():
            self.report("blank-string", f"{what} is blank")

    def _tags(self, tags, position):
        if type(tags) is not list:
            return self.report("wrong-type", f"'tags' of contact {position} is not a list")
        if not tags:
            self.report("empty-list", f"'tags' of contact {position} is empty")
        for tag in tags:
            self._text(tag, f"a tag of contact {position}")
        if len(tags) > 1 and len(set(map(str, tags))) < len(tags):
            self.report("duplicate-tag", f"contact {position} has a tag twice")

    def _fields(self, values, position):
        if type(values) is not list:
            return self.report("wrong-type", f"'fields' of contact {position} is not a list")
        if not values:
            self.report("empty-list", f"'fields' of contact {position} is empty")
        seen = set()
        for value in values:
            if type(value) is not dict or value.keys() != {"id", "value"}:
                self.report("wrong-type", f"a field of contact {position} is not {{id, value}}")
                continue
            number = value["id"]
            if type(number) is not int:
                self.report("wrong-type", f"a field id of contact {position} is not a number")
                continue
            if number not in self.fields:
                self.report("unknown-field", f"field {number} does not exist")
            elif self.allowed_fields is not None and number not in self.allowed_fields:
                self.report("unmapped-field", f"field {number} is not mapped, yet it was sent")
            if number in seen:
                self.report("duplicate-field", f"contact {position} has field {number} twice")
            seen.add(number)
            self._text(value["value"], f"field {number} of contact {position}")

    def _lists(self, entries, key, row, position):
        if entries is None:
            if key in row:
                self.report("null", f"'{key}' of contact {position} is null")
            return None
        if type(entries) is not list:
            self.report("wrong-type", f"'{key}' of contact {position} is not a list")
            return None
        if not entries:
            self.report("empty-list", f"'{key}' of contact {position} is empty")
        numbers = set()
        for entry in entries:
            number = list_id(entry)
            if number is None:
                self.report("wrong-type", f"'{key}' of contact {position} is not [{{listid}}]")
            elif number not in self.lists:
                self.report("unknown-list", f"list {number} does not exist")
            else:
                numbers.add(number)
        return numbers


def list_id(entry):
    """The list's number: the schema writes text, every example a number. None for anything else."""
    if type(entry) is not dict or entry.keys() != {"listid"}:
        return None
    value = entry["listid"]
    if type(value) is int:
        return value
    return int(value) if type(value) is str and value.isdigit() else None
