#!/usr/bin/env python3
"""Writes src/count/claude/characters.bin: the facts of Unicode the engine decides by.

The vocabularies were measured through Python's `unicodedata` (Unicode 15.0 in Python 3.12) and
the package `regex`. Crates follow newer versions of Unicode, in which some characters have other
categories and compositions, so the facts are taken from the same two sources.

    scripts/python calibration/requirements.txt calibration/unicode_facts.py

Table format, numbers as little-endian base-128 varints:
  1. runs over U+0000..U+FFFF: length, facts.
     facts = category (index into CATEGORIES) + 32 alphabetic + 64 mark + 128 upper + 256 lower
  2. count, then ranges of equal combining class: gap, length, class
  3. count, then canonical decompositions: gap, 2 * first + (1 if it composes again), second or 0
"""

import hashlib
import pathlib
import sys
import unicodedata

UNICODE = "15.0.0"
ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src" / "count" / "claude" / "characters.bin"
CATEGORIES = ("Cc Cf Cn Co Cs Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps "
              "Sc Sk Sm So Zl Zp Zs").split()


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def facts(char, alphabetic, mark):
    return (CATEGORIES.index(unicodedata.category(char))
            + 32 * bool(alphabetic.fullmatch(char)) + 64 * bool(mark.fullmatch(char))
            + 128 * char.isupper() + 256 * char.islower())


def runs(values):
    """Equal neighbours as [value, length]."""
    out = []
    for value in values:
        if out and out[-1][0] == value:
            out[-1][1] += 1
        else:
            out.append([value, 1])
    return out


def category_section():
    import regex
    alphabetic, mark = regex.compile(r"\p{Alphabetic}"), regex.compile(r"\p{M}")
    out = runs(facts(chr(code), alphabetic, mark) for code in range(0x10000))
    print(f"regex {regex.__version__}, {len(out)} runs of equal facts")
    return b"".join(varint(length) + varint(value) for value, length in out)


def combining_section():
    out, position, last, count = b"", 0, 0, 0
    for value, length in runs(unicodedata.combining(chr(code)) for code in range(0x110000)):
        if value:
            out += varint(position - last) + varint(length) + varint(value)
            last, count = position + length, count + 1
        position += length
    print(f"{count} ranges of combining classes")
    return varint(count) + out


def decomposition_section():
    out, last, count = b"", 0, 0
    for code in range(0x110000):
        mapping = unicodedata.decomposition(chr(code))
        if not mapping or mapping.startswith("<"):
            continue
        parts = [int(part, 16) for part in mapping.split()]
        composes = len(parts) == 2 and unicodedata.normalize("NFC", chr(code)) == chr(code)
        second = parts[1] if len(parts) == 2 else 0
        out += varint(code - last) + varint(2 * parts[0] + composes) + varint(second)
        last, count = code, count + 1
    print(f"{count} canonical decompositions")
    return varint(count) + out


def main():
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"this Python knows Unicode {unicodedata.unidata_version}, "
                 f"the table is made from {UNICODE} (Python 3.12)")
    table = category_section() + combining_section() + decomposition_section()
    changed = not TABLE.exists() or TABLE.read_bytes() != table
    TABLE.write_bytes(table)
    print(f"{TABLE.relative_to(ROOT)}: {len(table)} bytes, "
          f"sha256 {hashlib.sha256(table).hexdigest()}, {'written' if changed else 'unchanged'}")


if __name__ == "__main__":
    main()
