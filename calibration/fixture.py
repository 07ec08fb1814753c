#!/usr/bin/env python3
"""Writes tests/fixtures/claude_counts.jsonl: our own strings for every rule, counted by ctok.

    scripts/python calibration/requirements.txt calibration/fixture.py

Counts are of the content alone, without the message frame.
"""

import json
import pathlib

from ctok.engine import tile
from ctok.main import _model

FIXTURE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "claude_counts.jsonl"
FAMILIES = (("v3", "v3"), ("v4.7", "v4.7"), ("v5", "v4.8"))

RULES = {
    "start of a message: the frame's marker": [
        "", " ", "  ", "a", " a", "  a", "1", " 1", "文", " 文", "😀", " 😀", "\t", "\n", "\ta", "\na", "!", " !", "(a", "٣", "²", "½ cup",
        "\u3000a", "\u00a0a", "\u2003", " \u00a0a", "\u0001 a", "\u0000a", "'a", " 'a", "'", "'s", " 's", "\ufe0f", "\u0301", "²१", "€5"],
    "end of a message: closing newlines": [
        "a\n", "a\n\n", "a" + "\n" * 14, "a" + "\n" * 15, "a" + "\n" * 28, "a" + "\n" * 29, "a" + "\n" * 62, "a" + "\n" * 300,
        "a ", "a  ", "a \n", "a\t", "a\n ", "a\r\n\r\n", "! ", "!  ", "\n", "\n\n\n", " \n", "\r", "1\n"],
    "composition": [
        "cafe\u0301", "café", "e\u0301\u0323", "e\u0323\u0301", "\u1112\u1161\u11ab\u1100\u1173\u11af", "한글", "\uac00\u11a8", "か\u3099", "A\u030a", "\u212b",
        "\u0344", "=\u0338", "\uf900", "क\u093c", "\u0958", "\u0f71\u0f72", "a\u0001\u0301", "e\u0308\u0001\u0301", "\U0001d157\U0001d165", "\u1e9b\u0323"],
    "folding: controls and private use are not seen": [
        "a\u0001b", "a\u0007 b", "a\u007fb", "a\u0085b", "a\rb", "a\u000b\u000cb", "ab\ue000cd", "\uf8ff", "a \ue000 b", "\U000f0000", "a\r\nb", "a\r b"],
    "folding: spaces": [
        "a\u00a0b", "a\u2003b", "a\u2028b", "a\u202fb", "a\u205fb", "a\u1680b", "a\u0000b", "a\u3000b", "a \u00a0b", "a\u200bb", "a\ufeffb", "a\u180eb"],
    "folding: curly quotes": ["it’s", "“a”", "‘a’", "„a“", "don’t ’x", "a ’s"],
    "folding: sara am": ["ก\u0e33", "ก\u0e4d\u0e32", "ก\u0e4d\u0001\u0e32", "ก\u0e4d\ue000\u0e32", "ກ\u0ecd\u0eb2", "\u0e4d", "\u0e4d\u0e4d\u0e32"],
    "words and seams": [
        "the quick brown fox", "a b", "a  b", "a\nb", "a \nb", "a\n b", "a\tb", "слово слово", "Ελληνικά κείμενα", "नमस्ते दुनिया", "שלום עולם", "مرحبا بالعالم",
        "สวัสดีชาวโลก", "Xin chào thế giới", "internationalization", "antidisestablishmentarianism", "qzxjkvbwq", "ꙮꙮ", "ᏗᎶᏍᎩ"],
    "case: shift": ["The", "Word", "Слово", "Éa", "ʼNa", "Ǆa", "ǅa", "Ⅷ", "Ⓐⓑ", "Ωmega", "Ა", "Ᏸᏸ"],
    "case: caps": ["THE", "WORD", "WORDS", "ABC", "ABCD", "ПРИВЕТ", "ΣΊΣΥΦΟΣ", "ABCDª", "ÀÉÎÕ", "ⅧⅧⅧⅧ", "ⒶⒷⒸⒹ", "WORDヲ", "ヲWORD", "AB12CDEF"],
    "case: literal": ["GaN", "WiFi", "iPhone", "McDonald", "QQ", "getElementById", "XMLHttpRequest", "wORD", "aB"],
    "case: characters without a pair": ["ℳass", "ℂ", "ϓ", "ϒabc", "ϴ", "Θϴ", "ϴabc", "ẞ", "GROẞ", "Großẞ", "İstanbul", "Kİ", "Kiİ", "KİK", "ISTİ", "\u1c89a", "\u1c8aa", "\ua7cb", "\ua7cba", "\u0264"],
    "contractions": [
        "it's", "don't", "I'd", "I'm", "we'll", "they're", "I've", "x'S", "x'LL", "x'llo", "x'lls", "1's", "文's", "٣'s", "²'s", "!'s", "''s", ".'s", "a 's", "\n's", "ⓐ's",
        "❤\ufe0f's", "²१'s", "a'b", "a 'b", "'First", "('quoted')", "a '", "'a'", "x 'REXX", "\u1c89's", "Ⅷ's", "the dogs' bowls"],
    "punctuation and borders": [
        "a! b", "a!b", "a !b", "a ! b", "a!  b", "a  ! b", "a!\nb", "a\n! b", "a! \nb", "a, b, c.", "f(x)", "a == b", "});", "</div>", "a->b", "—", "a — b", "x« y »", "（a", "（ a）", "•", "№ 5"],
    "signs and borders": ["© 2024", "a © b", "a™ b", "a ± b", "±1 文", "）a", "a） b", "a ？ b", "文？ 文", "文 ？文", "\ufffd", "a \ufffd b", "\u0378 文", "\ufdd0", "a\ufdd3 b\ufdd4", "\u200d a", "a\u2060 文"],
    "ideographic punctuation": ["文。 文", "文 。文", "、 a", "a 「b」 c", "〒 文", "〠 a", "〜 〰 〽", "1。？ 1", "1？。 1"],
    "single characters": ["漢字", "汉字 汉字", "漢 a", "a漢 b", "々〆〱", "〇", "〡〢", "😀😀", "a 😀 b", "𝔸𝕓", "𐀀𐀁", "👍🏽", "👩\u200d👩\u200d👧", "🇦🇺", "\U000e0100", "𝟙𝟚 a"],
    "selectors": ["❤\ufe0f", "❤\ufe0f a", "a ❤\ufe0f b", "*\ufe0f\u20e3", "😀\ufe0f 文", "文\ufe0f 文", "a\ufe0f b", "²\ufe0f 文", " \ufe0f文", "1\ufe0f\u20e3"],
    "digits": ["1", "12", "123", "1234", "1234567890", "3.14159", "a 12 b", "12 文", "٣٤٥", "a ٣ b", "٣ 文", "1٣", "٣1 文", "文 ٣1", "۱۲۳", "١٢٣٤٥٦٧"],
    "other numerals": ["²", "a² b", "x ² 文", "½", "①②", "१२३", "१२ 文", "２２", "००", "²१ 文", "².", "²,", "𝟘", "Ⅷ 文", "৩৩"],
    "marks that separate": ["a\u0488b", "a\u20dd b", "C\u0f35X", "க\u0bcd", "க்ஷ", "്്", "ங்.", "ङ्", "a\u0300\u0f39b", "\u302a", "文\u302a 文"],
    "marks without a base": ["\u05b8a", "\u064b", "1\u064b", "!\u064ba", "文\u0651", " \u05b8\u05bc", "a \u064b b", "\u0345A", "1\u0345ABCD", "\u0711", "1\u0730a", "\u073f 文", "\u0e38a", "\u0f71"],
    "whitespace": ["a" + " " * 16 + "b", "a" + " " * 17 + "b", "a" + "\t" * 16 + "b", "a" + "\t" * 20 + "b", "a" + "\n" * 31 + "b", "a" + "\n" * 129 + "b",
                   "a\n\n    b", "\t \t", "a\u3000\u3000b", "a \u3000b", "a\n\tb", " \t\n "],
    "long repeats": ["-" * 64, "-" * 100, "-" * 600, "=" * 79, "#" * 81, "a " + "-" * 24 + " b", "a" + "." * 33 + " b", "." * 700 + " 文", "·" * 40, "*" * 57, "~" * 20,
                     "a" * 600, "7" * 601, " " * 700, "\n" * 700 + "x", "\t" * 700, "😀" * 50, "é" * 99, "٣" * 600, "१" * 600, "²" * 600, "₹" * 600, "\u0bcd" * 600],
    "bytes of what no piece covers": ["ꙮ", "𐍈", "ᚠᛇᚻ", "ⰀⰁ", "ꆈꌠ", "ᠮᠣᠩ", "\u0ae0", "\u1c90", "\U0002a6d6", "\U0001f9ff", "\U0010ffff", "\uffff", "ﷺ", "ﬁ", "Ⴀ"],
    "code": ["fn main() {\n    println!(\"{}\", x);\n}\n", "if (a == b && c != d) {\n\treturn 0;\n}", "SELECT * FROM t WHERE id = 'x';", "{\"a\": [1, 2.5e-8, null]}", "https://example.com/a?b=c&d=%20",
             "#!/usr/bin/env python3\nimport os, sys\n", "0xDEADBEEF", "SCREAMING_SNAKE_CASE", "snake_case_name", "<a href=\"#\">x</a>", "x ? y : z", "\r\n\r\nX: y\r\n", "/* ---------- */", "a[i]++;"],
    "prose": ["It was the best of times, it was the worst of times.", "Hello, world! How're you?", "Das Mädchen läuft über die Straße.", "L'été, c'est déjà fini.", "¿Dónde está la biblioteca?",
              "Съешь ещё этих мягких французских булок.", "深い森の中で、狐が犬を飛び越えた。", "다람쥐 헌 쳇바퀴에 타고파.", "The 3rd of May, 1999 at 5:30 p.m.", "e.g. 100% of $5.00 (USD)",
              "\n\nAssistant: Hello\n\nHuman: Hi"],
}


def main():
    rows = []
    for rule, texts in RULES.items():
        for text in texts:
            counts = {name: tile(text, _model(family))[0] for name, family in FAMILIES}
            rows.append(json.dumps({"rule": rule, "text": text, **counts}))
    FIXTURE.write_text("\n".join(rows) + "\n")
    print(f"{len(rows)} rows for {len(RULES)} rules")


if __name__ == "__main__":
    main()
