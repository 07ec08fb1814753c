"""Random histories of conversations with tools, the same for everyone, in OpenAI's form, and in Bedrock's."""

import json

WORDS = """kia ora the quick brown fox jumps over a lazy dog and reports what it found 世界，你好。 한국어 문장입니다。
👨‍👩‍👧‍👦 👩🏽‍💻 🇳🇿 étude Việt nai\u0308ve क्षत्रिय ```code``` {"a":[1,2]} C:\\path - item
latency throughput token quota window request""".split()
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = f"data:image/png;base64,{PIXEL}"


def text(chance, most):
    lines = [" ".join(chance.choice(WORDS) for _ in range(chance.randint(3, 14))) for _ in range(chance.randint(1, most))]
    return chance.choice([" ", "\n", ".\n\n"]).join(lines)


def history(chance):
    """System, one to eight turns, half of them with one to three parallel calls; half end in results
    that the model has to go on from, and one in eight holds a picture."""
    messages, calls = [{"role": "system", "content": text(chance, 2)}], 0
    turns = chance.randint(1, 8)
    picture = chance.randrange(turns) if chance.random() < 0.125 else None
    pending = chance.random() < 0.5
    for turn in range(turns):
        asked = text(chance, 4)
        if turn == picture:
            asked = [{"type": "text", "text": asked}, {"type": "image_url", "image_url": {"url": IMAGE}}]
        messages.append({"role": "user", "content": asked})
        last = turn == turns - 1
        rounds = chance.choice([0, 0, 1, 2])
        for _ in range(max(rounds, 1) if last and pending else rounds):
            names = [f"call{calls + index}" for index in range(chance.randint(1, 3))]
            calls += len(names)
            function = lambda name: {"name": "read", "arguments": json.dumps({"path": name})}
            messages.append({
                "role": "assistant",
                "content": text(chance, 1) if chance.random() < 0.5 else None,
                "tool_calls": [{"id": name, "type": "function", "function": function(name)} for name in names],
            })
            for name in names:
                messages.append({"role": "tool", "tool_call_id": name, "name": "read", "content": text(chance, 12)})
        if not last:
            messages.append({"role": "assistant", "content": text(chance, 4)})
        elif not pending and rounds:
            # Not a pending result: the model has answered, and the user asks again.
            messages.append({"role": "assistant", "content": text(chance, 3)})
            messages.append({"role": "user", "content": text(chance, 2)})
    return messages


def converse(messages):
    """The same conversation for Bedrock's Converse: results stand in one message of the user."""
    body = {"system": [], "messages": []}
    for message in messages:
        content = message["content"]
        if message["role"] == "system":
            body["system"].append({"text": content})
            continue
        if message["role"] == "tool":
            result = {"toolResult": {"toolUseId": message["tool_call_id"], "content": [{"text": content}]}}
            if body["messages"] and body["messages"][-1].get("results"):
                body["messages"][-1]["content"].append(result)
            else:
                body["messages"].append({"role": "user", "content": [result], "results": True})
            continue
        blocks = []
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
            picture = {"image": {"format": "png", "source": {"bytes": PIXEL}}}
            blocks.append({"text": part["text"]} if part["type"] == "text" else picture)
        for call in message.get("tool_calls", []):
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
            blocks.append({"toolUse": {"toolUseId": call["id"], "name": name, "input": arguments}})
        body["messages"].append({"role": message["role"], "content": blocks})
    for message in body["messages"]:
        message.pop("results", None)
    return body


def from_converse(body):
    """The way back, for the judge."""
    messages = [{"role": "system", "content": block["text"]} for block in body.get("system", [])]
    for message in body["messages"]:
        parts, calls = [], []
        for block in message["content"]:
            if "text" in block:
                parts.append({"type": "text", "text": block["text"]})
            elif "image" in block:
                parts.append({"type": "image_url", "image_url": {"url": IMAGE}})
            elif "toolUse" in block:
                use = block["toolUse"]
                function = {"name": use["name"], "arguments": json.dumps(use["input"])}
                calls.append({"id": use["toolUseId"], "type": "function", "function": function})
            elif "toolResult" in block:
                result = block["toolResult"]
                said = "".join(part.get("text", "") for part in result["content"])
                messages.append({"role": "tool", "tool_call_id": result["toolUseId"], "content": said})
        if parts or calls:
            text_only = len(parts) == 1 and parts[0]["type"] == "text"
            content = parts[0]["text"] if text_only else parts or None
            messages.append({"role": message["role"], "content": content, **({"tool_calls": calls} if calls else {})})
    return messages


def anthropic(messages):
    """The same conversation for Anthropic's Messages."""
    body = converse(messages)
    def block(found):
        if "text" in found:
            return {"type": "text", "text": found["text"]}
        if "image" in found:
            return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
        if "toolUse" in found:
            use = found["toolUse"]
            return {"type": "tool_use", "id": use["toolUseId"], "name": use["name"], "input": use["input"]}
        result = found["toolResult"]
        content = [{"type": "text", "text": part["text"]} for part in result["content"]]
        return {"type": "tool_result", "tool_use_id": result["toolUseId"], "content": content}
    said = [{"role": message["role"], "content": [block(found) for found in message["content"]]} for message in body["messages"]]
    return {"system": "".join(found["text"] for found in body["system"]), "messages": said}


def from_anthropic(body):
    def block(found):
        if found["type"] == "text":
            return {"text": found["text"]}
        if found["type"] == "image":
            return {"image": {}}
        if found["type"] == "tool_use":
            return {"toolUse": {"toolUseId": found["id"], "name": found["name"], "input": found["input"]}}
        return {"toolResult": {"toolUseId": found["tool_use_id"], "content": found["content"]}}
    said = [{"role": message["role"], "content": [block(found) for found in message["content"]]} for message in body["messages"]]
    return from_converse({"system": [{"text": body["system"]}], "messages": said})
