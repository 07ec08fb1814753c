#!/usr/bin/env python3
"""How fast a log is replayed and how much memory that takes, beside DuckDB's query on the same file.

scripts/bench-replay runs it. The logs are made in a temporary folder that goes with the program; the largest takes
about 4 GB. Before anything is timed, DuckDB's rows are held to replay's minutes.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "sql"))
import compare  # noqa: E402

RUNS = 3


# A process inherits the peak of the one that started it, so a small one starts what is measured.
START = """
import os, subprocess, sys, time
begin = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), time.perf_counter() - begin, usage.ru_maxrss / 1024)
"""


def measured(words):
    """Seconds and peak memory in MB of a program, each the least of some runs."""
    runs = []
    for _ in range(RUNS):
        said = subprocess.run([sys.executable, "-S", "-c", START, *words], capture_output=True, text=True, check=True)
        code, seconds, memory = said.stdout.split()
        if code not in ("0", "1"):
            sys.exit(f"{words}: exit code {code}: {said.stderr}")
        runs.append((float(seconds), float(memory)))
    return min(seconds for seconds, _ in runs), min(memory for _, memory in runs)


def row(what, records, size, seconds, memory):
    print(f"{what:<22} {records:>9,} {size / 1e9:>7.2f} {seconds:>8.2f} {records / seconds:>12,.0f} {memory:>9.0f}", flush=True)


def main():
    binaries = pathlib.Path(sys.argv[1])
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 4_000_000
    replay, generate = str(binaries / "tokenleash"), str(binaries / "examples" / "bedrock_log")
    print(f"{'what':<22} {'records':>9} {'GB':>7} {'seconds':>8} {'records/s':>12} {'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log.jsonl")
        records = most // 4
        while records <= most:
            subprocess.run([generate, "--raw", "--records", str(records), log], check=True)
            size = os.path.getsize(log)
            ours = measured([replay, "replay", log])
            row("replay", records, size, *ours)
            if records == most // 4:
                wanted, found = compare.replayed(replay, log), compare.by_duckdb(replay, log)
                if wanted != found:
                    sys.exit("DuckDB and replay differ")
                query = os.path.join(folder, "query.sql")
                pathlib.Path(query).write_text(compare.query(replay, "duckdb", "--from", log))
                program = "import duckdb, sys; duckdb.connect().execute(open(sys.argv[1]).read()).fetchall()"
                theirs = measured([sys.executable, "-c", program, query])
                row("DuckDB", records, size, *theirs)
                ratio = f"replay takes {ours[0] / theirs[0]:.2f} of DuckDB's time and {ours[1] / theirs[1]:.2f} of its memory"
                subprocess.run(["gzip", "--fast", "--keep", log], check=True)
                packed = log + ".gz"
                row("replay, gzip", records, os.path.getsize(packed), *measured([replay, "replay", packed]))
                pathlib.Path(query).write_text(compare.query(replay, "duckdb", "--from", packed))
                row("DuckDB, gzip", records, os.path.getsize(packed), *measured([sys.executable, "-c", program, query]))
                os.remove(packed)
            os.remove(log)
            records *= 2
    print(f"{ratio}; {len(wanted):,} minutes are equal")


main()
