#!/usr/bin/env python3
"""Holds counts.json against the package ctok 1.3.0, another engine over the same vocabulary.

    tokenleash-bench --write FOLDER
    scripts/python calibration/requirements.txt benches/corpus/check.py FOLDER [SECONDS]

Corpora that ctok does not count within SECONDS (240) are named and passed over.
"""
import json
import multiprocessing
import pathlib
import sys

FAMILIES = {"v3": "v3", "v47": "v4.7"}


def count(path, family, answers):
    from ctok.engine import tile
    from ctok.main import _model
    answers.put(tile(path.read_bytes().decode(), _model(FAMILIES[family]))[0])


def main():
    folder, seconds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 240
    known = json.loads(pathlib.Path(__file__).with_name("counts.json").read_text())
    differences = 0
    for name, expected in known.items():
        for family in FAMILIES:
            answers = multiprocessing.Queue()
            work = multiprocessing.Process(target=count, args=(folder / f"{name}.txt", family, answers))
            work.start()
            work.join(seconds)
            if work.is_alive():
                work.kill()
                print(f"{name} {family}: not counted within {seconds} s")
                continue
            found = answers.get(timeout=10)
            differences += found != expected[family]
            print(f"{name} {family}: {found}" + ("" if found == expected[family] else f", ours {expected[family]}"), flush=True)
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
