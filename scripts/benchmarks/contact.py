"""The contact that every compared tool sends, the same as Ferry's: names, phone, three fields, a list."""

COLUMNS = "email, first_name, last_name, phone, country, plan, ltv"
QUERY = f"SELECT {COLUMNS} FROM p WHERE email <> ''"


def contact(row):
    email, first, last, phone, country, plan, ltv = row
    return {"email": email.lower(), "first_name": first, "last_name": last, "phone": phone,
            "tags": ["bench"],
            "fields": [{"id": 1, "value": country}, {"id": 2, "value": plan},
                       {"id": 3, "value": str(ltv)}],
            "subscribe": [{"listid": 3}]}
