#!/usr/bin/env python3
"""How far the program's counts are from the provider's own, by kind of request.

    calibration/accuracy.py [FOLDER]          print the table
    calibration/accuracy.py [FOLDER] --fit    also write the ranges into src/catalog/accuracy.json
    calibration/accuracy.py [FOLDER] --cross  also print what ranges hold that were fitted on other records
    calibration/accuracy.py [FOLDER] --peers  also print the usual ways on the same requests, by kind
    calibration/accuracy.py --small ...       the same of a build without OpenAI's vocabularies

FOLDER (or TOKENLEASH_TRUTH, or ../shared/truth) holds recorded requests with the provider's usage, as
JSON lines in gzip: {"model", "api", "request", "input_total"}. They are not part of the project. Prints one
row a kind: records, share exact, share within 3 tokens, median and 95th percentile of the error, the share
of true counts within the range, and the median width of the range.

CARGO_FEATURES names further features of the build, such as open-models.
"""
import collections
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import peers
from observed import show as show_observed

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ("claude_requests", "claude_media", "claude_server_tools", "bedrock_other_requests", "openai_chat", "openai_tools")


def total(record):
    """The input tokens the provider counted."""
    return record.get("input_total") or record["usage"]["prompt_tokens"]


def contradicts(record):
    """Whether a usage speaks of cached tokens and the request has no cache point: a mocked answer."""
    usage = record.get("usage") or {}
    cached = sum(number for key, number in usage.items() if "cache" in key.lower() and isinstance(number, int))
    return 0 < cached and "cache" not in json.dumps(record["request"]).lower()


def line(record):
    """A request as `check --jsonl` takes it."""
    request = record["request"]
    model = record["model"]
    if model.startswith("arn:") and "application-inference-profile" in model:
        model = record.get("model_canon") or model
    if "input" in request and "messages" not in request:
        return {"modelId": model, **request}
    return {"modelId": model, "body": request}


def media(request, answer):
    """Pictures whose size and documents whose text stand in the request, or something less sure."""
    notes = {note["code"] for note in answer["notes"]}
    if notes & {"server-tool", "unknown-content"}:
        return "server tools"
    return "media" if "media-assumed" in notes else "pictures"


def holds_media(value):
    """Whether a picture, document, film or recording is anywhere in it."""
    if isinstance(value, list):
        return any(map(holds_media, value))
    if not isinstance(value, dict):
        return False
    return bool(MEDIA & {*value, str(value.get("type"))}) or any(map(holds_media, value.values()))


def kind(request, answer):
    """What decides how surely a request is counted; the same order as the library's."""
    if holds_media(request.get("messages")):
        return media(request, answer)
    text = json.dumps(request)
    # Two recordings with prompts of 24 and 41 tokens were both billed 54: what a guardrail adds is not known.
    if '"guardContent"' in text:
        return "guarded text"
    blocks = [b for m in request.get("messages") or [] if isinstance(m.get("content"), list) for b in m["content"]]
    if any(isinstance(b, dict) and ("toolUse" in b or b.get("type") in ("tool_use", "tool_result")) for b in blocks):
        history = True
    else:
        history = any(m.get("tool_calls") or m.get("role") == "tool" for m in request.get("messages") or [])
    if any(isinstance(b, dict) and (b.get("type") in ("thinking", "redacted_thinking") or "reasoningContent" in b) for b in blocks):
        return "thinking"
    if '"budget_tokens"' in text or '"thinking": {"type": "adaptive"' in text:
        return "thinking"
    if request.get("output_format") or (request.get("output_config") or {}).get("format") or request.get("outputConfig") or (request.get("response_format") or {}).get("json_schema"):
        return "structured output"
    if history:
        return "tool history"
    return "tools" if request.get("tools") or request.get("toolConfig") or request.get("functions") else "text"


def family(record):
    generation = record.get("tokenizer_gen")
    if generation:
        return {"v3": "Claude 3 to 4.6"}.get(generation, "Claude 4.7 and later")
    model = record.get("model_canon") or record["model"]
    for name in ("nova-2", "nova"):
        if name in model:
            return {"nova-2": "Nova 2", "nova": "Nova 1"}[name]
    if "gpt-oss" in model:
        return "gpt-oss"
    if record.get("api") != "openai-chat":
        return "Open models"
    return "OpenAI, reasoning" if re.match("gpt-5|o[34]|o1$", model) else "OpenAI"


MEDIA = {"image", "document", "video", "audio", "image_url", "input_audio", "file", "search_result", "searchResult"}
# What was counted and what the provider counted, and where the record is from.
Count = collections.namedtuple("Count", "tokens low high true repository path")
# The catalog's frames of each family.
FRAMES = {
    "Claude 3 to 4.6": [
        "claude-3-haiku", "claude-3-sonnet", "claude-3-opus", "claude-3.5-sonnet-june", "claude-3.5-sonnet",
        "claude-3.7", "claude-4", "claude-4.5", "claude-4.5-opus", "claude-4.6-sonnet", "claude-4.6-opus",
    ],
    "Claude 4.7 and later": [
        "claude-4.7", "claude-4.8", "claude-sonnet-5", "claude-opus-5", "claude-fable-5", "claude-5.5",
    ],
    "Nova 1": ["nova-1"],
    "Nova 2": ["nova-2"],
    "OpenAI": ["chat"],
    "OpenAI, reasoning": ["chat-reasoning", "chat-o-series"],
    "Open models": ["llama3", "qwen3", "deepseek", "tekken", "kimi", "glm", "minimax"],
}
# A range's high end holds this share of the records it was measured on, so that new ones are held at 98 %.
COVERED = 0.99
# Where that is too wide to say anything, because a few requests met something without a bound, this share.
COVERED_AT_LEAST = 0.983
# The low end, which no limit is judged by.
COVERED_BELOW = 0.98
# From this share of exact counts on, the range is the count itself.
EXACT = 0.95
# Families whose vocabulary and frame of plain messages their provider published.
PUBLISHED = ("OpenAI",)
# Fewer records than this show nothing about the ends of a range.
ENOUGH = 10
# What few records show is off by more on new ones: ranges are at least this wide, in thousandths and tokens.
# Nova was never seen with long or other than English texts. What Claude's frame holds on one date may be a
# few tokens more on another.
AT_LEAST = {"Nova 1": (100, 16), "Nova 2": (100, 16), "OpenAI": (10, 8), "OpenAI, reasoning": (10, 8)}
AT_LEAST_OF = {("OpenAI, reasoning", "text"): (0, 2)}
AT_LEAST_ABOVE = {
    "Claude 3 to 4.6": (0, 4), "Claude 4.7 and later": (0, 4), "Nova 1": (200, 16), "Nova 2": (120, 32), "Open models": (330, 16),
}
# Where a family is known better or worse than elsewhere: what a provider's own tools say of themselves is another
# text in each version, tools on Claude 4.7 and later are two dozen records, Nova thinks in short texts too.
AT_LEAST_ABOVE_OF = {
    ("Claude 3 to 4.6", "text"): (0, 1),
    ("Claude 3 to 4.6", "server tools"): (0, 128),
    ("Claude 4.7 and later", "text"): (0, 1),
    ("Claude 4.7 and later", "server tools"): (0, 128),
    ("Claude 4.7 and later", "tools"): (0, 32),
    ("Claude 4.7 and later", "tool history"): (0, 32),
    ("Nova 1", "text"): (300, 24),
    ("Nova 2", "text"): (120, 48),
}
# A range this wide (in thousandths) says nothing; the library's default for the unmeasured holds instead.
TOO_WIDE = 1000


# What the program allows where no row holds.
UNMEASURED = {"abovePerMille": 330, "above": 60}


def narrowest(gaps, sizes, covered=COVERED):
    """Thousandths and tokens that cover the gaps, each on an estimate of its size, most narrowly."""
    best = None
    for tokens in (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512):
        needs = [max(0, -(-(gap - tokens) * 1000 // size)) for gap, size in zip(gaps, sizes)]
        per_mille = sorted(needs)[min(len(needs) - 1, int(len(needs) * covered))]
        width = percentile([size * per_mille // 1000 + tokens for size in sizes], 0.5)
        if best is None or width < best[0]:
            best = (width, per_mille, tokens)
    return best[1:]


def row_in_use(name, own, sort):
    """The row that the program ranged these records by."""
    rows = json.loads((ROOT / "src/catalog/accuracy.json").read_text())["rows"]
    kinds = [sort.replace(" ", "-")]
    found = [row for row in rows if (row["frames"], row["own"], row["kinds"]) == (FRAMES[name], own, kinds)]
    return (found or [UNMEASURED])[0]


def reach(tokens, row):
    """The most that a row allows for a count."""
    return tokens + -(-tokens * row["abovePerMille"] // 1000) + row["above"]


def room(count, row):
    """What a count's range has above its row: for what is in no request, such as a page that a tool will fetch."""
    return max(0, count.high - reach(count.tokens, row))


def at_least(name, sort, of_kind, of_others):
    """The least width of a family's ranges."""
    return of_kind.get((name, sort)) or of_others.get(name, (0, 0))


def fitted(key, counts):
    """The row of data for records of one family, vocabulary and kind; None where they show nothing."""
    name, own, sort = key
    if name not in FRAMES or len(counts) < ENOUGH or (sort == "media" and not name.startswith("Claude")):
        return None
    old = row_in_use(*key)
    sizes = [max(1, count.tokens) for count in counts]
    gaps = [count.true - count.tokens - room(count, old) for count in counts]
    above = narrowest(gaps, sizes)
    if TOO_WIDE < above[0]:
        above = narrowest(gaps, sizes, COVERED_AT_LEAST)
    below = narrowest([count.tokens - count.true for count in counts], sizes, COVERED_BELOW)
    if TOO_WIDE < above[0]:
        return None
    share = lambda test: sum(map(test, counts)) / len(counts)
    exact = own and EXACT <= share(lambda c: c.tokens == c.true) and COVERED_AT_LEAST <= share(lambda c: c.true <= c.tokens)
    if exact:
        above = below = (0, 0)
    published = exact and name in PUBLISHED and sort == "text"
    if not published:
        least = at_least(name, sort, AT_LEAST_OF, AT_LEAST)
        above, below = (tuple(map(max, least, end)) for end in (above, below))
        above = tuple(map(max, at_least(name, sort, AT_LEAST_ABOVE_OF, AT_LEAST_ABOVE), above))
    row = {
        "frames": FRAMES[name],
        "own": own,
        "kinds": [sort.replace(" ", "-")],
        "basis": "exact" if published else "measured" if own else "estimated",
        "confidencePerCent": None,
        "belowPerMille": below[0],
        "below": below[1],
        "abovePerMille": above[0],
        "above": above[1],
    }
    held = lambda c: c.tokens - -(-c.tokens * below[0] // 1000) - below[1] <= c.true <= reach(c.tokens, row) + room(c, old)
    return {**row, "confidencePerCent": min(99, int(share(held) * 100))}


def fit(rows):
    """The ranges as data."""
    return [row for row in (fitted(key, counts) for key, counts in sorted(rows.items())) if row]


def parts(counts):
    """Ways to part records so that none is judged by a range that saw its like: by repository, and by recording."""
    fold = lambda text: int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10
    yield "repository", lambda count: count.repository
    yield "recording", lambda count: fold(f"{count.repository} {count.path}")


def print_cross(rows):
    """What share of records ranges hold that were fitted on all others but their part."""
    print("\nrecords at most at the high end of a range fitted without their repository, or without a tenth of the recordings:")
    print(f"{'family':<21} {'vocab':<6} {'kind':<18} {'n':>5} {'repository':>11} {'width':>8} {'recording':>11} {'width':>8}")
    for key, counts in sorted(rows.items()):
        if fitted(key, counts) is None:
            continue
        old = row_in_use(*key)
        cells = ""
        for _, part in parts(counts):
            held, widths = 0, []
            for left_out in sorted({part(count) for count in counts}):
                row = fitted(key, [count for count in counts if part(count) != left_out]) or UNMEASURED
                for count in counts:
                    if part(count) == left_out:
                        high = reach(count.tokens, row) + room(count, old)
                        held += count.true <= high
                        widths.append((high - count.tokens) / max(1, count.tokens))
            cells += f" {held / len(counts):>11.1%} {percentile(widths, 0.5):>8.2%}"
        name, own, sort = key
        print(f"{name:<21} {'own' if own else 'other':<6} {sort:<18} {len(counts):>5}{cells}")


def write(found):
    """Replaces the rows that were measured anew; rows of another build (own vocabulary or not) stay."""
    source = (
        "Measured by calibration/accuracy.py --fit against the usage of recorded requests, November 2026. Rows "
        "without a confidence stand on one to five records each, those of plain frames on their definition."
    )
    path = ROOT / "src/catalog/accuracy.json"
    # Rows on too few records to fit were written by hand; they have no confidence and stay.
    measured = {(row["own"], frame) for row in found for frame in row["frames"]}
    anew = lambda row: row["confidencePerCent"] is not None and any((row["own"], frame) in measured for frame in row["frames"])
    rest = [row for row in json.loads(path.read_text())["rows"] if not anew(row)]
    rows = sorted(rest + found, key=lambda row: (row["frames"], row["own"], row["kinds"]))
    body = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    path.write_text(f'{{\n  "source": {json.dumps(source)},\n  "rows": [\n{body}\n  ]\n}}\n')


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def print_ways(ways):
    """How far each way is off, by family and kind."""
    print(f"\n{'family':<21} {'kind':<18} {'way':<24} {'n':>5} {'exact':>6} {'<=3':>6} {'median':>8} {'p95':>8}")
    for (name, sort, way), counts in ways.items():
        if len(counts) < ENOUGH:
            continue
        errors = [abs(tokens - true) / true for tokens, true in counts]
        share = lambda test: sum(map(test, counts)) / len(counts)
        print(
            f"{name:<21} {sort:<18} {way:<24} {len(counts):>5}"
            f" {share(lambda c: c[0] == c[1]):>6.1%} {share(lambda c: abs(c[0] - c[1]) <= 3):>6.1%}"
            f" {percentile(errors, 0.5):>8.2%} {percentile(errors, 0.95):>8.2%}"
        )


KINDS = ("text", "tools", "tool history", "structured output", "thinking", "pictures")


def print_models(models):
    """The exact share by model and kind, and how many records it is of."""
    print("\n" + f"{'exact, by model':<25}" + "".join(f"{sort:>19}" for sort in KINDS))
    for model in sorted({model for model, _ in models}):
        cells = ""
        for sort in KINDS:
            counts = models.get((model, sort), [])
            share = sum(tokens == true for tokens, true in counts) / max(1, len(counts))
            cells += f"{f'{share:.0%} of {len(counts)}' if counts else '-':>19}"
        print(f"{model:<25}{cells}")


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    folder = pathlib.Path(words[0] if words else os.environ.get("TOKENLEASH_TRUTH", ROOT.parent / "shared/truth"))
    if not (folder / "claude_requests.jsonl.gz").exists():
        print(f"skipped: no recorded requests in {folder}")
        return
    features = os.environ.get("CARGO_FEATURES", "cli")
    small = ["--no-default-features"] if "--small" in sys.argv else []
    subprocess.run(["cargo", "build", "--quiet", "--release", *small, "--features", features], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    rows = collections.defaultdict(list)
    ways = collections.defaultdict(list)
    others = peers.install() if "--peers" in sys.argv else None
    faults = collections.Counter()
    observed = []
    models = collections.defaultdict(list)
    mocked = 0
    for file in FILES:
        with gzip.open(folder / f"{file}.jsonl.gz", "rt") as lines:
            records = [json.loads(text) for text in lines]
        records = [record for record in records if not record.get("flags")]
        if file == "claude_requests":
            mocked = sum(map(contradicts, records))
            records = [record for record in records if not contradicts(record)]
        sent = "\n".join(json.dumps(line(record)) for record in records)
        start = time.perf_counter()
        done = subprocess.run([target / "release/tokenleash", "check", "-", "--jsonl", "--allow-unknown"], input=sent.encode(), capture_output=True)
        took = time.perf_counter() - start
        answers = [json.loads(text) for text in done.stdout.splitlines()]
        assert len(answers) == len(records), done.stderr.decode()[-2000:]
        usual = peers.counts(others, records) if others else [{}] * len(records)
        for record, answer, counts in zip(records, answers, usual):
            if "error" in answer:
                faults[(file, answer["error"]["code"], answer["error"]["message"][:90])] += 1
                continue
            input_ = answer["input"]
            name = {"claude_media": media, "claude_server_tools": lambda *_: "server tools"}.get(file, kind)(record["request"], answer)
            count = Count(input_["tokens"], input_["low"], input_["high"], total(record), record["source_repo"], record["path"])
            rows[(family(record), input_["ownVocabulary"], name)].append(count)
            if record.get("tokenizer_gen"):
                model = re.sub(r"-(20\d{6}|latest)$", "", record.get("model_canon") or record["model"])
                models[model, name].append((input_["tokens"], total(record)))
            if file == "claude_requests":
                observed.append((record, input_["tokens"], total(record)))
            for way, tokens in {"tokenleash": input_["tokens"], **counts}.items():
                ways[(family(record), name, way)].append((tokens, total(record)))
        print(f"{file}: {len(records)} requests in {took:.2f} s", file=sys.stderr)
    print(f"{'family':<21} {'vocab':<6} {'kind':<18} {'n':>5} {'exact':>6} {'<=3':>6} {'median':>8} {'p95':>8} {'<=high':>7} {'within':>7} {'width':>7}")
    for (name, own, sort), counts in sorted(rows.items()):
        errors = [abs(count.tokens - count.true) / count.true for count in counts]
        share = lambda test: sum(map(test, counts)) / len(counts)
        print(
            f"{name:<21} {'own' if own else 'other':<6} {sort:<18} {len(counts):>5}"
            f" {share(lambda c: c.tokens == c.true):>6.1%} {share(lambda c: abs(c.tokens - c.true) <= 3):>6.1%}"
            f" {percentile(errors, 0.5):>8.2%} {percentile(errors, 0.95):>8.2%}"
            f" {share(lambda c: c.true <= c.high):>7.1%} {share(lambda c: c.low <= c.true <= c.high):>7.1%}"
            f" {percentile([(c.high - c.low) / c.tokens for c in counts], 0.5):>7.2%}"
        )
    print(f"left out: {mocked} Claude records whose usage speaks of cached tokens without a cache point")
    print_models(models)
    show_observed(observed)
    if "--cross" in sys.argv:
        print_cross(rows)
    if others:
        print_ways(ways)
    for fault, number in sorted(faults.items()):
        print("not read:", number, *fault)
    if "--fit" in sys.argv:
        write(fit(rows))


main()
