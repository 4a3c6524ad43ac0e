"""Drives the sandbox with a client that others wrote: activecampaign-python from PyPI.

Usage: python3 activecampaign_python_client.py http://127.0.0.1:8300 sandbox-key

Needs `pip install activecampaign-python==1.0.10 requests`. Start the sandbox with its limits off and at
once (`--limits false --processing-rate 0 --import-delay 0`); the last part switches them on itself.
Exits with 1 when anything differs.
"""

import sys
import time

import requests
from activecampaign.client import Client

passed = 0
failed = 0


def check(name, fact, seen=None):
    global passed, failed
    if fact:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {name}; seen: {seen!r}")


def main(base, key):
    client = Client(base, key)
    control = requests.Session()
    control.post(base + "/sandbox/reset").raise_for_status()

    # The key and the account
    user = client.users.retrieve_logged_in_user()["user"]
    check("users/me names a user with an id as text", user["id"].isdigit(), user)
    refused = Client(base, "wrong").users.retrieve_logged_in_user()
    check("a wrong key is refused with a message", "message" in refused, refused)
    account = client._get("/settings/account")
    check("the plan is told", account["subscriber_limit"] > 0, account)

    # contact/sync and contacts
    synced = client.contacts.create_or_update_contact(
        {"contact": {"email": "Ines.Moreau@shop.test", "firstName": "Ines",
                     "fieldValues": [{"field": "1", "value": "gold"}]}})
    ines = synced["contact"]["id"]
    check("contact/sync creates", synced["contact"]["email"] == "ines.moreau@shop.test", synced)
    check("contact/sync writes custom fields", synced["fieldValues"][0]["value"] == "gold", synced)
    again = client.contacts.create_or_update_contact(
        {"contact": {"email": "ines.moreau@shop.test", "lastName": "Moreau"}})
    check("contact/sync updates the same contact", again["contact"]["id"] == ines, again)
    check("absent keys stay", again["contact"]["firstName"] == "Ines", again)
    bad = client.contacts.create_or_update_contact({"contact": {"email": "nobody"}})
    check("a malformed address is refused", bad["errors"][0]["code"] == "email_invalid", bad)
    otto = client.contacts.create_a_contact({"contact": {"email": "otto@shop.test"}})["contact"]
    twice = client.contacts.create_a_contact({"contact": {"email": "otto@shop.test"}})
    check("an address exists once", twice["errors"][0]["code"] == "duplicate", twice)
    changed = client.contacts.update_a_contact(otto["id"], {"contact": {"phone": "+49301234"}})
    check("a contact can be changed", changed["contact"]["phone"] == "+49301234", changed)
    found = client.contacts.list_all_contacts(email="otto@shop.test")
    check("contacts are found by address", found["meta"]["total"] == "1", found["meta"])
    one = client.contacts.retrieve_a_contact(ines)
    check("a contact brings its values", one["fieldValues"][0]["field"] == "1", one)

    # Lists
    lists = client.lists.retrieve_all_lists()
    check("three lists at the start", [l["id"] for l in lists["lists"]] == ["1", "2", "3"], lists)
    made = client.lists.create_a_list(
        {"list": {"name": "Autumn", "stringid": "autumn", "sender_url": "https://shop.test",
                  "sender_reminder": "You shop with us."}})["list"]
    check("a list can be made", made["stringid"] == "autumn", made)
    group = client._post("/listGroups", json={"listGroup": {"listid": made["id"], "groupid": 3}})
    check("a list can be shown to a group", group["listGroup"]["listid"] == made["id"], group)
    for status in (1, 2, 1):
        joined = client.contacts.update_list_status_for_a_contact(
            {"contactList": {"list": 1, "contact": int(ines), "status": status}})
        check(f"list status {status} is written and echoed",
              joined["contactList"]["status"] == status, joined)
    members = client.contacts.list_all_contacts(listid=1, status=1)
    check("members are found by list", [c["id"] for c in members["contacts"]] == [ines], members["meta"])

    # Custom fields
    fields = client.contacts.list_all_custom_fields()
    check("five custom fields at the start", len(fields["fields"]) == 5, fields["meta"])
    field = client.contacts.create_a_custom_field(
        {"field": {"title": "Shoe size", "type": "dropdown"}})["field"]
    same = client.contacts.create_a_custom_field(
        {"field": {"title": "Shoe size", "type": "dropdown"}})
    check("a field title exists once", same["errors"][0]["code"] == "duplicate", same)
    options = client.contacts.create_custom_field_options(
        {"fieldOptions": [{"field": field["id"], "label": "42", "value": "42"}]})
    check("options can be added", options["fieldOptions"][0]["value"] == "42", options)
    related = client.contacts.create_a_custom_field_relationship_to_list(
        {"fieldRel": {"field": field["id"], "relid": 0}})
    check("a field can be shown on lists", related["fieldRel"]["relid"] == 0, related)
    value = client.contacts.create_a_custom_field_value(
        {"fieldValue": {"contact": ines, "field": field["id"], "value": "42"}})
    check("a value can be written", value["fieldValue"]["value"] == "42", value)
    values = client.contacts.retrieve_a_contacts_field_values(ines)
    check("values are read back", {v["value"] for v in values["fieldValues"]} == {"gold", "42"}, values)

    # Tags
    tag = client.tags.create_a_tag(
        {"tag": {"tag": "vip", "tagType": "contact", "description": ""}})["tag"]
    link = client.contacts.add_a_tag_to_contact(
        {"contactTag": {"contact": ines, "tag": tag["id"]}})["contactTag"]
    tags = client.contacts.retrieve_contact_tags(ines)
    check("a tag is on the contact", [t["tag"] for t in tags["contactTags"]] == [tag["id"]], tags)
    client.contacts.remove_a_tag_from_a_contact(link["id"])
    tags = client.contacts.retrieve_contact_tags(ines)
    check("a tag can be taken off", tags["contactTags"] == [], tags)

    # The importer
    imported = client._post("/import/bulk_import", json={"contacts": [
        {"email": "Import.One@shop.test", "first_name": "One", "tags": ["imported"],
         "fields": [{"id": 2, "value": "12.50"}], "subscribe": [{"listid": 2}]},
        {"email": "ines.moreau@shop.test", "unsubscribe": [{"listid": "1"}]},
    ], "exclude_automations": True})
    check("an import is queued", imported["queued_contacts"] == 2, imported)
    for _ in range(100):
        info = client._get("/import/info", params={"batchId": imported["batchId"]})
        if info["status"] == "completed":
            break
        time.sleep(0.05)
    check("an import completes", info["status"] == "completed", info)
    check("both contacts are listed", len(info["success"]) == 2 and not info["failure"], info)
    new = client.contacts.list_all_contacts(email="import.one@shop.test")["contacts"][0]
    check("the import created a contact", new["firstName"] == "One", new)
    left = client._get(f"/contacts/{ines}/contactLists")["contactLists"]
    check("the import unsubscribed", left[0]["status"] == "2", left)
    back = client._post("/import/bulk_import", json={"contacts": [
        {"email": "ines.moreau@shop.test", "subscribe": [{"listid": 1}]},
        {"email": "import.two@shop.test", "subscribe": [{"listid": 1}]}]})
    for _ in range(100):
        info = client._get("/import/info", params={"batchId": back["batchId"]})
        if info["status"] == "completed":
            break
        time.sleep(0.05)
    check("the importer does not re-subscribe", info["failure"] == ["ines.moreau@shop.test"], info)
    broken = client._post("/import/bulk_import", json={"contacts": [
        {"email": "fine@shop.test"}, {"email": "broken"}]})
    check("one malformed contact rejects the batch",
          broken["failureReasons"][0]["contact"] == 2, broken)
    summary = client._get("/import/bulk_import")
    check("the summary counts in text", summary["recentlyCompleted"][0]["contacts"] == "4", summary)

    # Webhooks, deletion
    hook = client.webhooks.create_a_webhook(
        {"webhook": {"name": "sync", "url": "https://sync.example.test/ac",
                     "events": ["unsubscribe"], "sources": ["public"]}})
    check("a webhook is kept", hook["webhook"]["name"] == "sync", hook)
    client.contacts.delete_a_contact(otto["id"])
    gone = client.contacts.retrieve_a_contact(otto["id"])
    check("a deleted contact is gone", "No Result found" in gone["message"], gone)

    # Limits
    control.put(base + "/sandbox/knobs", json={"limits": True}).raise_for_status()
    answers = [requests.get(base + "/api/3/lists", headers={"Api-Token": key}) for _ in range(40)]
    late = [a for a in answers if a.status_code == 429]
    check("too many requests are refused", late, [a.status_code for a in answers])
    check("a refusal tells how long to wait", late and int(late[0].headers["Retry-After"]) >= 1)
    check("the limit is told", answers[0].headers.get("RateLimit-Limit") == "5", answers[0].headers)
    control.put(base + "/sandbox/knobs", json={"limits": False}).raise_for_status()

    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1].rstrip("/"), sys.argv[2]))
