#!/usr/bin/env python3
"""How far the program's counts are from the provider's own, by kind of request.

    calibration/accuracy.py [FOLDER]          print the table
    calibration/accuracy.py [FOLDER] --fit    also write the ranges into src/catalog/accuracy.json
    calibration/accuracy.py --small ...       the same of a build without OpenAI's vocabularies

FOLDER (or TOKENLEASH_TRUTH, or ../shared/truth) holds recorded requests with the provider's usage, as
JSON lines in gzip: {"model", "api", "request", "input_total"}. They are not part of the project. Prints one
row a kind: records, share exact, share within 3 tokens, median and 95th percentile of the error, the share
of true counts within the range, and the median width of the range.
"""
import collections
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ("claude_requests", "claude_media", "claude_server_tools", "bedrock_other_requests", "openai_chat", "openai_tools")


def total(record):
    """The input tokens the provider counted."""
    return record.get("input_total") or record["usage"]["prompt_tokens"]


def line(record):
    """A request as `check --jsonl` takes it."""
    request = record["request"]
    model = record["model"]
    if model.startswith("arn:") and "application-inference-profile" in model:
        model = record.get("model_canon") or model
    if "input" in request and "messages" not in request:
        return {"modelId": model, **request}
    return {"modelId": model, "body": request}


def kind(request):
    """What decides how surely a request is counted; the same order as the library's."""
    text = json.dumps(request)
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
    if record.get("api") != "openai-chat":
        return "other"
    return "OpenAI, reasoning" if re.match("gpt-5|o[134]", model) else "OpenAI"


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
    "OpenAI, reasoning": ["chat-reasoning"],
}
# A range holds this share of the records it was measured on, so that new ones are held at 98 %.
COVERED = 0.985
# From this share of exact counts on, the range is the count itself.
EXACT = 0.95
# Families whose vocabulary and frame their provider published.
PUBLISHED = ("OpenAI",)
# Fewer records than this show nothing about the ends of a range.
ENOUGH = 10
# A range this wide (in thousandths) says nothing; the library's default for the unmeasured holds instead.
TOO_WIDE = 1000


def narrowest(gaps, sizes):
    """Thousandths and tokens that cover the gaps, each on an estimate of its size, most narrowly."""
    best = None
    for tokens in (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512):
        needs = [max(0, -(-(gap - tokens) * 1000 // size)) for gap, size in zip(gaps, sizes)]
        per_mille = sorted(needs)[min(len(needs) - 1, int(len(needs) * COVERED))]
        width = percentile([size * per_mille // 1000 + tokens for size in sizes], 0.5)
        if best is None or width < best[0]:
            best = (width, per_mille, tokens)
    return best[1:]


def fit(rows):
    """The ranges as data."""
    found = []
    for (name, own, sort), counts in sorted(rows.items()):
        if name not in FRAMES or len(counts) < ENOUGH:
            continue
        sizes = [max(1, c[0]) for c in counts]
        above, below = (narrowest([sign * (c[3] - c[0]) for c in counts], sizes) for sign in (1, -1))
        if TOO_WIDE < above[0]:
            continue
        share = lambda test: sum(map(test, counts)) / len(counts)
        exact = own and EXACT <= share(lambda c: c[0] == c[3]) and COVERED <= share(lambda c: c[3] <= c[0])
        if exact:
            above = below = (0, 0)

        def holds(count):
            tokens, _, _, true = count
            low = tokens - -(-tokens * below[0] // 1000) - below[1]
            return low <= true <= tokens + -(-tokens * above[0] // 1000) + above[1]

        found.append({
            "frames": FRAMES[name],
            "own": own,
            "kinds": [sort.replace(" ", "-")],
            "basis": "exact" if exact and name in PUBLISHED else "measured" if own else "estimated",
            "confidence": min(99, int(sum(map(holds, counts)) * 100 / len(counts))) / 100,
            "belowPerMille": below[0],
            "below": below[1],
            "abovePerMille": above[0],
            "above": above[1],
        })
    return found


def write(found):
    """Replaces the rows that were measured anew; rows of another build (own vocabulary or not) stay."""
    source = "Measured by calibration/accuracy.py --fit against the usage of recorded requests, November 2026."
    path = ROOT / "src/catalog/accuracy.json"
    measured = {(row["own"], tuple(row["frames"])) for row in found}
    rest = [row for row in json.loads(path.read_text())["rows"] if (row["own"], tuple(row["frames"])) not in measured]
    rows = sorted(rest + found, key=lambda row: (row["frames"], row["own"], row["kinds"]))
    body = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    path.write_text(f'{{\n  "source": {json.dumps(source)},\n  "rows": [\n{body}\n  ]\n}}\n')


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    words = [word for word in sys.argv[1:] if word not in ("--fit", "--small")]
    folder = pathlib.Path(words[0] if words else os.environ.get("TOKENLEASH_TRUTH", ROOT.parent / "shared/truth"))
    if not (folder / "claude_requests.jsonl.gz").exists():
        print(f"skipped: no recorded requests in {folder}")
        return
    features = ["--no-default-features"] if "--small" in sys.argv else []
    subprocess.run(["cargo", "build", "--quiet", "--release", *features, "--features", "cli"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    rows = collections.defaultdict(list)
    faults = collections.Counter()
    for file in FILES:
        with gzip.open(folder / f"{file}.jsonl.gz", "rt") as lines:
            records = [json.loads(text) for text in lines]
        records = [record for record in records if not record.get("flags")]
        sent = "\n".join(json.dumps(line(record)) for record in records)
        start = time.perf_counter()
        done = subprocess.run([target / "release/tokenleash", "check", "-", "--jsonl", "--allow-unknown"], input=sent.encode(), capture_output=True)
        took = time.perf_counter() - start
        answers = [json.loads(text) for text in done.stdout.splitlines()]
        assert len(answers) == len(records), done.stderr.decode()[-2000:]
        for record, answer in zip(records, answers):
            if "error" in answer:
                faults[(file, answer["error"]["code"], answer["error"]["message"][:90])] += 1
                continue
            input_ = answer["input"]
            name = {"claude_media": "media", "claude_server_tools": "server tools"}.get(file) or kind(record["request"])
            rows[(family(record), input_["ownVocabulary"], name)].append((input_["tokens"], input_["low"], input_["high"], total(record)))
        print(f"{file}: {len(records)} requests in {took:.2f} s", file=sys.stderr)
    print(f"{'family':<21} {'vocab':<6} {'kind':<18} {'n':>5} {'exact':>6} {'<=3':>6} {'median':>8} {'p95':>8} {'<=high':>7} {'within':>7} {'width':>7}")
    for (name, own, sort), counts in sorted(rows.items()):
        errors = [abs(tokens - true) / true for tokens, _, _, true in counts]
        share = lambda test: sum(map(test, counts)) / len(counts)
        print(
            f"{name:<21} {'own' if own else 'other':<6} {sort:<18} {len(counts):>5}"
            f" {share(lambda c: c[0] == c[3]):>6.1%} {share(lambda c: abs(c[0] - c[3]) <= 3):>6.1%}"
            f" {percentile(errors, 0.5):>8.2%} {percentile(errors, 0.95):>8.2%}"
            f" {share(lambda c: c[3] <= c[2]):>7.1%} {share(lambda c: c[1] <= c[3] <= c[2]):>7.1%}"
            f" {percentile([(c[2] - c[1]) / c[0] for c in counts], 0.5):>7.2%}"
        )
    for fault, number in sorted(faults.items()):
        print("not read:", number, *fault)
    if "--fit" in sys.argv:
        write(fit(rows))


main()
