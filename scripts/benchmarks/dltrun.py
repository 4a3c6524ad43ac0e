#!/usr/bin/env python3
"""dltrun.py DB URL WORK: the same through dlt with a custom destination, 250 people a call."""

import os
import sqlite3
import sys

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402
import requests  # noqa: E402
from contact import COLUMNS, QUERY, contact  # noqa: E402

NAMES = COLUMNS.split(", ")
session = requests.Session()
session.headers["Api-Token"] = "k"


@dlt.destination(batch_size=250, naming_convention="direct", skip_dlt_columns_and_tables=True,
                 loader_parallelism_strategy="sequential")
def importer(items, table):
    session.post(
        sys.argv[2] + "/api/3/import/bulk_import", timeout=30,
        json={"contacts": [contact([item[n] for n in NAMES]) for item in items],
              "exclude_automations": True}).raise_for_status()


@dlt.resource(name="people")
def people():
    cursor = sqlite3.connect(sys.argv[1]).execute(QUERY)
    while rows := cursor.fetchmany(5_000):
        yield [dict(zip(NAMES, row)) for row in rows]


dlt.pipeline("bench", pipelines_dir=sys.argv[3], destination=importer()).run(people())
