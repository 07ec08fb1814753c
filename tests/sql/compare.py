#!/usr/bin/env python3
"""Runs the queries that `tokenleash sql` prints and holds every minute to `tokenleash replay`.

scripts/python tests/sql/requirements.txt tests/sql/compare.py TOKENLEASH LOG ...

DuckDB's query runs as it is printed. Athena's is parsed as Trino by sqlglot, written anew for DuckDB and run on a
table with one column, `line`.
"""
import datetime
import json
import subprocess
import sys

import duckdb
import sqlglot

COLUMNS = ["calls", "throttled", "reservation", "settlement", "peakReservation", "peakSettlement"]


def replayed(program, log):
    report = json.loads(subprocess.run([program, "replay", log, "--json"], capture_output=True, text=True, check=True).stdout)
    return {
        (minute["at"], quota["account"], quota["region"], quota["model"], quota["profile"] or ""): [
            minute[column] for column in COLUMNS
        ]
        for quota in report["quotas"]
        for minute in quota["minutes"]
    }


def query(program, engine, *words):
    return subprocess.run([program, "sql", "--engine", engine, *words], capture_output=True, text=True, check=True).stdout


def by_duckdb(program, log):
    rows = duckdb.connect().execute(query(program, "duckdb", "--from", log)).fetchall()
    return {tuple(row[:5]): list(row[5:]) for row in rows}


def by_athena(program, log):
    parsed = sqlglot.parse_one(query(program, "athena"), read="trino")
    connection = duckdb.connect()
    # Lines that are no JSON are left out: DuckDB's functions refuse them, Trino's read them as NULL.
    connection.execute(
        "CREATE TABLE bedrock_invocation_logs AS SELECT column0 AS line FROM read_csv(?, header = false, "
        "columns = {'column0': 'VARCHAR'}, delim = '\x01', quote = '', escape = '') WHERE json_valid(column0)",
        [log],
    )
    rows = connection.execute(parsed.sql(dialect="duckdb")).fetchall()

    def shown(second):
        return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    return {(shown(row[0]), *row[1:5]): [int(number) for number in row[5:]] for row in rows}


def main():
    program, *logs = sys.argv[1:]
    for log in logs:
        wanted = replayed(program, log)
        for name, run in [("DuckDB", by_duckdb), ("Athena", by_athena)]:
            found = run(program, log)
            different = sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))
            for key in different[:5]:
                print(f"{log}: {key}: replay {wanted.get(key)}, {name} {found.get(key)}", file=sys.stderr)
            if different or not wanted:
                sys.exit(f"{log}: {name} differs from replay in {len(different)} of {len(wanted)} minutes")
            print(f"{log.rsplit('/', 1)[-1]}: {name} equals replay in {len(wanted)} minutes")


if __name__ == "__main__":
    main()
