#!/usr/bin/env python3
"""Compiles the published Claude vocabularies into src/count/claude/vocabulary.bin.

The vocabularies are data of the package ctok (MIT, Sander Land). The wheel is pinned by version
and hash, so running this again yields the same bytes. Any Python 3.9 or later will do; the wheel
is only unzipped, never imported.

    python3 calibration/fetch_vocabulary.py

Table format: the entries in ascending order, each as one byte with the number of bytes it shares
with the entry before, the rest of its bytes, and one byte 0x10 + flags that closes it.
Flags: 1 = piece of v3, 2 = piece of v4.7, 4 = byte prefix of v3, 8 = byte prefix of v4.7.
The markers are bytes that cannot occur in folded text: 1 begin of word, 2 end of word, 3 shift,
4 caps. One list for both vocabularies, because v4.7 has only 40 pieces of its own; shared starts
are left out, because that makes the list a quarter smaller after brotli too.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "ctok==1.3.0"
SHA256 = "84442682eeb2013ecb86861f9477b4ad3e19cc174099df98e9b5016450013217"
ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "src" / "count" / "claude" / "vocabulary.bin"

# Document in the wheel, flag of its pieces, flag of its byte prefixes.
VOCABULARIES = (("pieces_v3.json", 1, 4), ("pieces_v4_7.json", 2, 8))
MARKERS = {"⟨bow⟩": b"\x01", "⟨eow⟩": b"\x02", "⟨shift⟩": b"\x03", "⟨caps⟩": b"\x04"}
ATOM = re.compile("⟨(?:bow|eow|shift|caps|0x[0-9A-F]{2})⟩|.", re.DOTALL)


def download(folder):
    """The pinned wheel, fetched by pip and checked against the hash."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--quiet",
         "--python-version", "3.12", "--only-binary", ":all:", "--dest", folder],
        check=True,
    )
    (wheel,) = pathlib.Path(folder).glob("ctok-*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        sys.exit(f"{wheel.name}: sha256 is {digest}, expected {SHA256}")
    return wheel


def encode(piece):
    """One piece in the published notation as the bytes of the table."""
    out = bytearray()
    for atom in ATOM.findall(piece):
        if atom.startswith("⟨0x"):
            out.append(int(atom[3:5], 16))
        else:
            out += MARKERS.get(atom) or atom.encode()
    return bytes(out)


def compile_table(wheel):
    """All pieces and byte prefixes of both vocabularies with their flags."""
    flags = {}
    with zipfile.ZipFile(wheel) as archive:
        for name, piece_flag, prefix_flag in VOCABULARIES:
            groups = json.loads(archive.read(f"ctok/data/{name}"))["tokens"]
            for group, pieces in groups.items():
                for piece in pieces:
                    if group == "bytes_fallback":
                        key, flag = bytes.fromhex(piece), prefix_flag
                    else:
                        key, flag = encode(piece), piece_flag
                    flags[key] = flags.get(key, 0) | flag
                    if group == "contractions":
                        # A contraction is published bare, but its word is always closed.
                        flags[key + b"\x02"] = flags.get(key + b"\x02", 0) | flag
    for key in flags:
        if not 0 < len(key) < 256 or any(0x10 <= byte < 0x20 for byte in key):
            sys.exit(f"{key!r} cannot be written in this format")
    return flags


def front_coded(flags):
    """The sorted entries, each without the bytes it shares with the one before."""
    table, last = bytearray(), b""
    for key in sorted(flags):
        shared = len(os.path.commonprefix([last, key]))
        table += bytes([shared]) + key[shared:] + bytes([0x10 + flags[key]])
        last = key
    return bytes(table)


def main():
    with tempfile.TemporaryDirectory() as folder:
        flags = compile_table(download(folder))
    table = front_coded(flags)
    changed = not TABLE.exists() or TABLE.read_bytes() != table
    TABLE.write_bytes(table)
    for name, piece_flag, prefix_flag in VOCABULARIES:
        pieces = sum(1 for value in flags.values() if value & piece_flag)
        prefixes = sum(1 for value in flags.values() if value & prefix_flag)
        print(f"{name}: {pieces} pieces, {prefixes} byte prefixes")
    print(f"{TABLE.relative_to(ROOT)}: {len(table)} bytes, "
          f"sha256 {hashlib.sha256(table).hexdigest()}, {'written' if changed else 'unchanged'}")


if __name__ == "__main__":
    main()
