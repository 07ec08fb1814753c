#!/usr/bin/env python3
"""Fits random Converse requests with the program and holds each result against botocore's own validation.

    scripts/python tests/conformance/botocore/requirements.txt tests/conformance/botocore/check.py PROGRAM [REQUESTS]

Each request is fitted to five targets. The parameter validation is that of the Python package botocore, by
its model of `bedrock-runtime`; no request leaves the machine. Exits 1 when a result is refused although the
request it was made of was not, and when the validation lets through what is known to be wrong.
"""

import json
import random
import subprocess
import sys

import botocore
import botocore.session
from botocore.validate import ParamValidator

WORDS = "kia ora 世界，你好。 👨‍👩‍👧‍👦 étude 🇳🇿🇦🇺 한국어 문장입니다. the quick brown fox jumps ```code``` - item {\"a\":1}".split()


def text(chance, words=60):
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, words)))


def result(chance, name):
    content = [{"text": text(chance, 200)}]
    if chance.random() < 0.3:
        content = [{"json": {"rows": [{"id": row, "text": text(chance, 20)} for row in range(chance.randint(1, 20))]}}]
    if chance.random() < 0.1:
        content.append({"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}})
    return {"toolResult": {"toolUseId": name, "content": content}}


def request(chance):
    messages, calls = [], 0
    for turn in range(chance.randint(1, 9)):
        content = [{"text": text(chance)}]
        if chance.random() < 0.1:
            content.append({"cachePoint": {"type": "default"}})
        messages.append({"role": "user", "content": content})
        for _ in range(chance.choice([0, 0, 1, 2])):
            names = [f"call{calls + index}" for index in range(chance.randint(1, 3))]
            calls += len(names)
            said = [{"text": text(chance, 10)}] if chance.random() < 0.5 else []
            if chance.random() < 0.2:
                said.insert(0, {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}})
            uses = [{"toolUse": {"toolUseId": name, "name": "read", "input": {"path": name}}} for name in names]
            messages.append({"role": "assistant", "content": said + uses})
            messages.append({"role": "user", "content": [result(chance, name) for name in names]})
        messages.append({"role": "assistant", "content": [{"text": text(chance)}]})
    if chance.random() < 0.5:
        messages.append({"role": "user", "content": [{"text": text(chance)}]})
    else:
        del messages[-1]
    tools = [
        {"toolSpec": {"name": name, "description": text(chance, 20), "inputSchema": {"json": {"type": "object"}}}}
        for name in ["read", "write", "list"]
    ]
    body = {"modelId": "anthropic.claude-sonnet-4-6", "messages": messages}
    if calls or chance.random() < 0.5:
        body["toolConfig"] = {"tools": tools}
    if chance.random() < 0.7:
        body["system"] = [{"text": text(chance)}]
    if chance.random() < 0.7:
        body["inferenceConfig"] = {"maxTokens": chance.randint(1, 5000)}
    return body


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, number = sys.argv[1], int(sys.argv[2]) if 2 < len(sys.argv) else 400
    service = botocore.session.get_session().get_service_model("bedrock-runtime")
    shape, validator = service.operation_model("Converse").input_shape, ParamValidator()

    def refused(body):
        report = validator.validate(body, shape)
        return report.generate_report() if report.has_errors() else None

    wrong = {"modelId": "m", "messages": [{"role": "user", "content": [{"toolResult": {"content": []}}]}]}
    assert refused(wrong), "a result without an id was let through"
    chance = random.Random(7)
    requests = [request(chance) for _ in range(number)]
    lines = "\n".join(json.dumps(body, ensure_ascii=False) for body in requests)
    checked = fits = changed = bad = 0
    settings = [["--policy", policy, "--drop-unused-tools"] for policy in ["oldest-first", "tool-results-first", "middle-out"]]
    for index, target in enumerate([300, 600, 1000, 2000, 4000]):
        words = ["fit", "-", "--jsonl", "--json", "--target-input", str(target), *settings[index % 3]]
        run = subprocess.run([program, *words], input=lines, capture_output=True, text=True, encoding="utf-8")
        answers = run.stdout.splitlines()
        assert len(answers) == number, run.stderr[-2000:]
        for body, line in zip(requests, answers):
            answer = json.loads(line)
            checked += 1
            fits += answer["fits"]
            changed += answer["changed"]
            fault = refused(answer["request"])
            if fault and not refused(body):
                bad += 1
                print(fault, file=sys.stderr)
    print(f"botocore {botocore.__version__}: {checked} results, {fits} fit, {changed} of them changed, {bad} refused")
    sys.exit(bool(bad))


main()
