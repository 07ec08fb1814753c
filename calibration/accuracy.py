#!/usr/bin/env python3
"""How far the program's counts are from the provider's own, by kind of request.

    calibration/accuracy.py [FOLDER]

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
    return "OpenAI" if record.get("api") == "openai-chat" else "other"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    folder = pathlib.Path(sys.argv[1] if 1 < len(sys.argv) else os.environ.get("TOKENLEASH_TRUTH", ROOT.parent / "shared/truth"))
    if not (folder / "claude_requests.jsonl.gz").exists():
        print(f"skipped: no recorded requests in {folder}")
        return
    subprocess.run(["cargo", "build", "--quiet", "--release", "--features", "cli"], cwd=ROOT, check=True)
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
            rows[(family(record), name)].append((input_["tokens"], input_["low"], input_["high"], total(record)))
        print(f"{file}: {len(records)} requests in {took:.2f} s", file=sys.stderr)
    print(f"{'family':<21} {'kind':<18} {'n':>5} {'exact':>6} {'<=3':>6} {'median':>8} {'p95':>8} {'<=high':>7} {'within':>7} {'width':>7}")
    for (name, sort), counts in sorted(rows.items()):
        errors = [abs(tokens - true) / true for tokens, _, _, true in counts]
        share = lambda test: sum(map(test, counts)) / len(counts)
        print(
            f"{name:<21} {sort:<18} {len(counts):>5}"
            f" {share(lambda c: c[0] == c[3]):>6.1%} {share(lambda c: abs(c[0] - c[3]) <= 3):>6.1%}"
            f" {percentile(errors, 0.5):>8.2%} {percentile(errors, 0.95):>8.2%}"
            f" {share(lambda c: c[3] <= c[2]):>7.1%} {share(lambda c: c[1] <= c[3] <= c[2]):>7.1%}"
            f" {percentile([(c[2] - c[1]) / c[0] for c in counts], 0.5):>7.2%}"
        )
    for fault, number in sorted(faults.items()):
        print("not read:", number, *fault)


main()
