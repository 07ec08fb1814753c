"""The usual ways to count a request's tokens, on the same records: everything in it that is text, joined,
in the vocabularies that people take for it, and ai-tokenizer's own helper for messages.

The libraries come from npm into calibration/peers/node_modules, or TOKENLEASH_PEERS; where node or npm is
missing, the comparison is skipped and says so.
"""
import json
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent / "peers"


def install():
    """The folder that holds the libraries; None where they cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        print("peers skipped: node and npm are needed")
        return None
    folder = pathlib.Path(os.environ.get("TOKENLEASH_PEERS", HERE))
    folder.mkdir(parents=True, exist_ok=True)
    if folder != HERE:
        for file in ("package.json", "count.mjs"):
            shutil.copy(HERE / file, folder / file)
    if not (folder / "node_modules").exists():
        quiet = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        if subprocess.run(quiet, cwd=folder).returncode:
            print("peers skipped: npm cannot install them")
            return None
    return folder


def arguments(value):
    """A call's arguments, which chat completions write into a string."""
    try:
        return json.loads(value) if isinstance(value, str) else value or {}
    except ValueError:
        return {"value": value}


def blocks(content):
    """Content as (kind, value) pairs, whatever the dialect."""
    if isinstance(content, str):
        yield "text", content
    for block in content if isinstance(content, list) else []:
        if isinstance(block, str):
            yield "text", block
        elif not isinstance(block, dict):
            continue
        elif isinstance(block.get("text"), str):
            yield "text", block["text"]
        elif isinstance(block.get("thinking"), str):
            yield "text", block["thinking"]
        elif "toolUse" in block or block.get("type") in ("tool_use", "server_tool_use"):
            use = block.get("toolUse") or block
            yield "call", (use.get("name", ""), use.get("input") or {}, use.get("toolUseId") or use.get("id") or "")
        elif "toolResult" in block or str(block.get("type", "")).endswith("tool_result"):
            result = block.get("toolResult") or block
            inner = result.get("content")
            text = "\n".join(
                value if kind == "text" else json.dumps(value) for kind, value in blocks(inner)
            ) + "".join(json.dumps(part["json"]) for part in inner or [] if isinstance(part, dict) and "json" in part)
            yield "result", (result.get("toolUseId") or result.get("tool_use_id") or "", text)


def tools(request):
    """(name, description, schema) of every tool."""
    config = request.get("toolConfig") or {}
    for tool in [*(request.get("tools") or []), *(request.get("functions") or []), *(config.get("tools") or [])]:
        tool = tool.get("function") or tool.get("toolSpec") or tool
        schema = tool.get("parameters") or tool.get("input_schema") or (tool.get("inputSchema") or {}).get("json")
        yield tool.get("name", ""), tool.get("description") or "", schema or {}


def model(record):
    """The model of ai-tokenizer that stands for a record's."""
    name = record.get("model_canon") or record["model"]
    if "claude" in name:
        known = ("claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5", "claude-3-7-sonnet", "claude-3-haiku")
        found = next((key for key in known if key in name), "claude-sonnet-4-5")
        names = {"claude-3-7-sonnet": "claude-3.7-sonnet", "claude-3-haiku": "claude-3-haiku"}
        return "anthropic/" + names.get(found, found.replace("4-5", "4.5"))
    if "nova" in name:
        return "amazon/" + next((key for key in ("nova-micro", "nova-pro") if key in name), "nova-lite")
    known = ("gpt-4o-mini", "gpt-4o", "gpt-4.1-mini", "gpt-4.1", "gpt-5-mini", "gpt-5-nano", "gpt-5", "o3-mini", "o4-mini")
    return "openai/" + next((key for key in known if name.startswith(key)), "gpt-4o")


def line(record):
    """What count.mjs reads."""
    request = record["request"]
    texts, messages = [], []
    said = [("system", "\n".join(value for kind, value in blocks(request.get("system")) if kind == "text"))]
    for message in request.get("messages") or []:
        parts = list(blocks(message.get("content")))
        for call in message.get("tool_calls") or []:
            function = call.get("function") or {}
            parts.append(("call", (function.get("name", ""), arguments(function.get("arguments")), call.get("id", ""))))
        if message.get("role") == "tool":
            text = "\n".join(value for kind, value in parts if kind == "text")
            parts = [("result", (message.get("tool_call_id", ""), text))]
        said.append(({"developer": "system"}.get(message.get("role"), message.get("role") or "user"), parts))
    for role, parts in said:
        parts = [("text", parts)] if isinstance(parts, str) else parts
        content = []
        for kind, value in parts:
            if kind == "text" and value:
                texts.append(value)
                content.append({"type": "text", "text": value})
            elif kind == "call":
                texts += [value[0], json.dumps(value[1])]
                content.append({"type": "tool-call", "toolCallId": value[2], "toolName": value[0], "input": value[1]})
            elif kind == "result":
                texts.append(value[1])
                content.append({"type": "tool-result", "toolCallId": value[0], "output": value[1]})
        if content:
            messages.append({"role": role, "content": content})
    definitions = {}
    for name, description, schema in tools(request):
        texts.append(json.dumps({"name": name, "description": description, "schema": schema}))
        definitions[name] = {"description": description, "inputSchema": schema}
    text = "\n".join(texts)
    # Half of a surrogate pair, which some clients cut text at, is in no vocabulary.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.dumps({"text": text, "messages": messages, "tools": definitions, "model": model(record)})


def counts(folder, records):
    """{way: tokens} of every record."""
    sent = "\n".join(map(line, records))
    done = subprocess.run(["node", "count.mjs"], cwd=folder, input=sent.encode(), capture_output=True)
    answers = [json.loads(text) for text in done.stdout.splitlines()]
    assert len(answers) == len(records), done.stderr.decode()[-2000:]
    return answers
