"""What is wrong with a trimmed history, whoever trimmed it."""

import json

import regex

FAULTS = ["over", "orphan", "unanswered", "first", "system", "question", "empty", "twice", "text", "mutated"]


def words(content):
    if content is None:
        return ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content if part["type"] == "text")


def last_question(messages):
    asked = [words(message["content"]) for message in messages if message["role"] == "user"]
    return asked[-1] if asked else None


def broken(old, new):
    """Whether a shortened text holds half of a character that people see as one."""
    try:
        new.encode()
    except UnicodeEncodeError:
        return True
    known = set(regex.findall(r"\X", old))
    return any(not seen.isascii() and seen not in known for seen in regex.findall(r"\X", new))


def faults(before, after, is_over, mutated=False):
    """The faults of `after`, a trimmed `before`."""
    found = set()
    if is_over:
        found.add("over")
    if mutated:
        found.add("mutated")
    said = [message for message in after if message["role"] != "system"]
    if not [message for message in said if message["role"] == "user"]:
        found.add("empty")
    if said and said[0]["role"] != "user":
        found.add("first")
    instructions = [words(message["content"]) for message in before if message["role"] == "system"]
    kept = [words(message["content"]) for message in after if message["role"] == "system"]
    if any(text not in kept for text in instructions):
        found.add("system")
    question = last_question(before)
    if question is not None and question not in [words(message["content"]) for message in after if message["role"] == "user"]:
        found.add("question")
    calls_before = {call["id"] for message in before for call in message.get("tool_calls") or []}
    answered_before = {message["tool_call_id"] for message in before if message["role"] == "tool"}
    open_calls = set()
    for index, message in enumerate(said):
        if message["role"] == "assistant":
            if open_calls:
                found.add("unanswered")
            open_calls = {call["id"] for call in message.get("tool_calls") or []}
        elif message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                found.add("orphan")
            open_calls.discard(message["tool_call_id"])
        else:
            if open_calls:
                found.add("unanswered")
            open_calls = set()
            if index and said[index - 1]["role"] == "user":
                found.add("twice")
    if open_calls & answered_before & calls_before:
        found.add("unanswered")
    old = {}
    for message in before:
        old.setdefault((message["role"], message.get("tool_call_id")), []).append(words(message["content"]))
    for message in after:
        text = words(message["content"])
        olds = old.get((message["role"], message.get("tool_call_id")), [])
        if text and olds and text not in olds:
            # Of the old texts it may come from, the one it shares most with.
            likely = max(olds, key=lambda one: _shared(one, text))
            if _shared(likely, text) and broken(likely, text):
                found.add("text")
    return found


def _shared(old, new):
    head = next((index for index, (one, other) in enumerate(zip(old, new)) if one != other), min(len(old), len(new)))
    tail = next((index for index, (one, other) in enumerate(zip(old[::-1], new[::-1])) if one != other), min(len(old), len(new)))
    return head + tail


def copy(value):
    return json.loads(json.dumps(value))
