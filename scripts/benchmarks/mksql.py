#!/usr/bin/env python3
"""mksql.py CSV DB: the customers as a plain SQLite table, for the tools that Ferry is compared with."""

import csv
import sqlite3
import sys

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    database = sqlite3.connect(sys.argv[2])
    database.executescript(
        "PRAGMA journal_mode = off; PRAGMA synchronous = off;"
        "CREATE TABLE p (id TEXT PRIMARY KEY, email, first_name, last_name, phone, country, plan,"
        " ltv REAL, consent, last_seen)")
    database.executemany("INSERT INTO p VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
    database.commit()
