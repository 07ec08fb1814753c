#!/usr/bin/env python3
"""Compares the engine with the installed package ctok on random strings.

    scripts/python calibration/requirements.txt calibration/differential.py [--count 100000] [--seed 1] [--counter "command ..."]

The counter reads JSON lines with a member `text` from its input and prints, per line, the counts
of the families v3, v4.7 and v5, without the message frame. By default it is
`cargo run --release --example count_lines`. `--sweep` checks every character of the first plane
and a part of the others in fixed surroundings instead of random strings.
"""

import argparse
import json
import multiprocessing
import pathlib
import random
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAMILIES = ("v3", "v4.7", "v4.8")
COUNTER = "cargo run --quiet --release --example count_lines"

WORDS = """the of and to in is that it's don't we'll they've I'd can't you're she's naïve Café Straße
Melbourne OPENAI getElementById HTTPServer XMLHttpRequest snake_case SCREAMING_CASE iPhone McDonald
GaN WiFi NASA README internationalization antidisestablishmentarianism Привет мир ПРИВЕТ Κόσμος
ΣΊΣΥΦΟΣ שלום مرحبا नमस्ते สวัสดี กำ ສະບາຍດີ こんにちは カタカナ ヲBUTTヲ 漢字 中文 한국어 안녕하세요 Việt Nguyễn ISTANBUL
İstanbul ıspanak ǅ ǆ Ǆ ẞ GROẞ ΐ ϴ ϓ ℂ ℳ Ⅷ ⅷ ⓐⒷ ᏗᎶ Ꮳꮃ Ა ა ꙮ fi ﬁ ſ K Å ᲊ Ᲊ Ɤ""".split()
CODE = ["fn main() {", "    return x;", "if (a == b) {", "}\n", "// TODO(name): fix", "let x: Vec<u8> = vec![];",
        "for (int i = 0; i < n; ++i)", "\t\tprintf(\"%d\\n\", x);", "SELECT * FROM t WHERE id='a';", "</div>",
        "{\"a\": [1, 2.5e-8, null]}", "0x4cb5", "a->b", "x'S", "'First", "('quoted')", "$.ajax", "!==", "-----",
        "=====" * 9, "*" * 57, "." * 66, "#" * 40, "_" * 70, "/" * 33, "~~~", "\"\",", "'''", "''", "x's", "1's",
        "٣'s", "²'s", "文's", "ⓐ's", "!'s", "']'s", "²१'s", "\u0e4d\u0e32"]
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\r", "\v", "\f", "\0", "\x85", "\xa0", "\u1680", "\u2003",
          "\u2009", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b", "\ufeff", "\u180e", " \n", "\n ", " \t",
          " " * 17, "\n" * 33, "\t" * 18]
JOINERS = ["\u200d", "\u200c", "\ufe0f", "\ufe0e", "\ufe00", "\u20e3", "\u034f", "\u00ad", "\u2060", "\u0301",
           "\u0300", "\u0308", "\u0327", "\u0323", "\u0338", "\u3099", "\u309a", "\u093c", "\u094d", "\u093e",
           "\u0bcd", "\u0d4d", "\u064b", "\u0651", "\u0654", "\u05b8", "\u05bc", "\u0711", "\u0730", "\u073f",
           "\u0f71", "\u0f72", "\u0f74", "\u0f80", "\u102f", "\u1037", "\u0e31", "\u0e4d", "\u0e32", "\u0ecd",
           "\u0345", "\u0342", "\u1dce", "\u20d0", "\u302a", "\U0001f3fb", "\U000e0100", "\U0001d165", "\U000110ba"]
RANGES = [(0x20, 0x7e), (0x20, 0x7e), (0x00, 0x1f), (0x7f, 0xa0), (0xa0, 0xff), (0x100, 0x24f), (0x250, 0x2ff),
          (0x300, 0x36f), (0x370, 0x3ff), (0x400, 0x52f), (0x530, 0x58f), (0x590, 0x5ff), (0x600, 0x6ff),
          (0x700, 0x8ff), (0x900, 0xdff), (0xe00, 0xeff), (0xf00, 0xfff), (0x1000, 0x109f), (0x10a0, 0x10ff),
          (0x1100, 0x11ff), (0x1200, 0x139f), (0x13a0, 0x167f), (0x1680, 0x17ff), (0x1800, 0x1aff), (0x1b00, 0x1cff),
          (0x1d00, 0x1dff), (0x1e00, 0x1fff), (0x2000, 0x206f), (0x2070, 0x218f), (0x2190, 0x23ff), (0x2400, 0x25ff),
          (0x2600, 0x27bf), (0x27c0, 0x2bff), (0x2c00, 0x2dff), (0x2e00, 0x2fff), (0x3000, 0x303f), (0x3040, 0x30ff),
          (0x3100, 0x33ff), (0x3400, 0x4dff), (0x4e00, 0x9fff), (0xa000, 0xa4cf), (0xa4d0, 0xa8ff), (0xa900, 0xabff),
          (0xac00, 0xd7a3), (0xd7a4, 0xd7ff), (0xe000, 0xf8ff), (0xf900, 0xfaff), (0xfb00, 0xfdff), (0xfdd0, 0xfdef),
          (0xfe00, 0xfe6f), (0xfe70, 0xfeff), (0xff00, 0xffff), (0x10000, 0x10fff), (0x11000, 0x11fff),
          (0x12000, 0x16fff), (0x17000, 0x1cfff), (0x1d000, 0x1dfff), (0x1e000, 0x1efff), (0x1f000, 0x1faff),
          (0x20000, 0x323af), (0x323b0, 0xe0fff), (0xf0000, 0x10ffff)]
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~—»«•°„–−£§€…√→（）№†└│།·─═█、。，：？！“”‘’¿¡"


def character(random, low, high):
    code = random.randint(low, high)
    return "\ufffd" if 0xd800 <= code <= 0xdfff else chr(code)


def atom(random):
    """A random small piece of text of a random kind."""
    kind = random.randrange(14)
    if kind < 2:
        word = random.choice(WORDS)
        return random.choice([str, str.upper, str.lower, str.title, str.capitalize, str.swapcase])(word)
    if kind == 2:
        return "".join(random.choice("aeiourstnlcdmpxyzAEIOURSTNLCD") for _ in range(random.randint(1, 12)))
    if kind == 3:
        return random.choice(CODE)
    if kind == 4:
        return random.choice(SPACES)
    if kind == 5:
        return " "
    if kind == 6:
        return "".join(random.choice("0123456789") for _ in range(random.randint(1, 9)))
    if kind == 7:
        return "".join(random.choice(["٣", "۴", "१", "２", "²", "½", "①", "7", "৩", "〇", "𝟘", "๓"]) for _ in range(random.randint(1, 4)))
    if kind == 8:
        return "".join(random.choice(PUNCTUATION) for _ in range(random.randint(1, 4)))
    if kind == 9:
        return random.choice("!=-*#./_~ \n\t·─aAfx'\"😀文가é") * random.choice([1, 2, 3, 5, 9, 17, 40, 130])
    if kind == 10:
        return random.choice(JOINERS) * random.choice([1, 1, 1, 2, 3])
    if kind == 11:
        return random.choice("'’‘`") + random.choice(["s", "t", "d", "m", "ll", "re", "ve", "S", "LL", "x", "", "lls"])
    if kind == 12:
        return "".join(chr(random.choice([0x1100, 0x1161, 0x11a8]) + random.randrange(-2, 22)) for _ in range(random.randint(1, 4)))
    low, high = random.choice(RANGES)
    return "".join(character(random, low, high) for _ in range(random.randint(1, 5)))


def strings(count, seed):
    source = random.Random(seed)
    for _ in range(count):
        length = source.choice([1, 2, 3, 4, 6, 10, 20, 40])
        text = "".join(atom(source) for _ in range(length))
        if source.randrange(12) == 0:
            # A soup of decomposed characters.
            import unicodedata
            text = unicodedata.normalize(source.choice(["NFD", "NFKD", "NFKC"]), text)
        yield text


def sweep():
    """Every character where a rule could treat it differently."""
    import unicodedata
    codes = [code for code in range(0x10000) if not 0xd800 <= code <= 0xdfff]
    codes += [code for code in range(0x10000, 0x110000)
              if unicodedata.combining(chr(code)) or unicodedata.decomposition(chr(code)) or code % 97 == 0]
    for code in codes:
        c = chr(code)
        yield from (c, f"a{c}b", f"a {c} b", f" {c}", f"{c} ", f"1{c}1", f"文 {c} 文", f"{c}'s", f"x {c}'s", f"{c}Abc",
                    f"A{c}bc", f"ABC{c}DEF", f"AB{c} 'x", f"😀{c}a", f"!{c}!", f"{c}{c}", f"a{c}\u0301b", f"{c}\ufe0f x",
                    f"²{c} 文", f"\u0301{c}", f"\n{c}\n", f"क{c}\u094d", f"{c}\u0f71\u0323x")


def reference(text):
    from ctok.engine import tile
    from ctok.main import _model
    return [tile(text, _model(family))[0] for family in FAMILIES]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counter", default=COUNTER)
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--write", type=pathlib.Path, help="keep the strings as JSON lines here")
    options = parser.parse_args()
    if sys.version_info < (3, 12):
        sys.exit(f"skipped: ctok needs Python 3.12 or later, this is {sys.version.split()[0]}")
    try:
        import ctok  # noqa: F401
    except ImportError:
        sys.exit("skipped: the package ctok is not installed: run this by scripts/python")

    texts = list(sweep() if options.sweep else strings(options.count, options.seed))
    with tempfile.TemporaryDirectory() as folder:
        path = options.write or pathlib.Path(folder) / "strings.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        with path.open("rb") as lines:
            result = subprocess.run(shlex.split(options.counter), stdin=lines, capture_output=True, check=True, cwd=ROOT)
    found = [[int(number) for number in line.split()] for line in result.stdout.decode().splitlines()]
    if len(found) != len(texts):
        sys.exit(f"the counter answered {len(found)} of {len(texts)} lines")
    with multiprocessing.Pool() as pool:
        expected = pool.map(reference, texts, chunksize=500)
    differences = 0
    for text, ours, theirs in zip(texts, found, expected):
        for family, our, their in zip(FAMILIES, ours, theirs):
            if our != their:
                differences += 1
                if differences <= 20:
                    print(f"{family}: {our}, ctok {their}: {ascii(text)[:300]}")
    print(f"{len(texts)} strings x {len(FAMILIES)} families, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
