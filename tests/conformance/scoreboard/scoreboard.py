"""Other tools and tokenleash on the same random histories: what is wrong with what each leaves of them.

    tests/conformance/scoreboard/run [HISTORIES] [--seed N] [--only NAME] [--speed]

How it is measured:

- Every history is cut to a share of 10 to 90 % of its own size, drawn with it. Each tool is judged by its
  *own* counter: the budget is that share of what the tool itself counts of the whole history, and "over" is
  what it counts of its result. tokenleash is judged by its own count at the high end of the range.
- A result is valid if no fault of the table is in it. A tool that raises an error has said that it cannot;
  so has tokenleash where nothing fits. Neither is a fault, and both have their column.
- What two counters keep cannot be compared, so "kept" compares one tool at a time with tokenleash *under the
  tool's own counter*: the largest fit of tokenleash that the tool's counter puts within the tool's budget,
  found by halving the target, with a marker as short as theirs. Only histories on which the tool's result is valid are compared, and where
  tokenleash has no result within that budget it keeps 0. "we less" is on how many single histories it
  keeps less than the tool, "at most" by how many tokens.
- A picture is in every eighth history, half end in results that wait for the model. The texts hold ASCII,
  Chinese, Korean, Hindi, joined emoji, flags and combining marks.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import warnings

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
warnings.filterwarnings("ignore")

import histories
import judge

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
COLUMNS = {
    "over": "over the budget",
    "orphan": "a result without its call",
    "unanswered": "a call without its result",
    "first": "the first message is not the user's",
    "system": "the system message lost or cut",
    "question": "the last question lost or cut",
    "empty": "no message of the user left",
    "twice": "two messages of the user in a row",
    "text": "half a grapheme",
    "mutated": "the caller's own messages changed",
}


# Where what is kept is compared: the others put two dots, or nothing, for what is missing.
SHORT = {"marker": "…"}


class Lines:
    """A program that answers every line with one."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, questions):
        def write():
            for question in questions:
                self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()

        writer = threading.Thread(target=write)
        writer.start()
        answers = [json.loads(self.process.stdout.readline()) for _ in questions]
        writer.join()
        return answers

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Ours:
    """tokenleash in one dialect, for one model."""

    def __init__(self, lines, name, model, write, read):
        self.lines, self.name, self.model, self.write, self.read = lines, name, model, write, read

    def fit(self, requests, targets, more={}):
        options = [{"model": self.model, "targetInput": target, **more} for target in targets]
        return self.lines.ask([{"request": request, "options": one} for request, one in zip(requests, options)])

    def request(self, history):
        body = self.write(history)
        if any(message.get("tool_calls") for message in history):
            schema = {"type": "object", "properties": {"path": {"type": "string"}}}
            if self.model.startswith("gpt"):
                body["tools"] = [{"type": "function", "function": {"name": "read", "parameters": schema}}]
            elif "system" in body and isinstance(body["system"], str):
                body["tools"] = [{"name": "read", "input_schema": schema}]
            else:
                body["toolConfig"] = {"tools": [{"toolSpec": {"name": "read", "inputSchema": {"json": schema}}}]}
        return body

    def run(self, cases):
        requests = [self.request(history) for history, _ in cases]
        whole = [answer["before"]["high"] for answer in self.fit(requests, [10**9] * len(cases))]
        budgets = [int(size * share) for size, (_, share) in zip(whole, cases)]
        results = []
        for request, budget, answer in zip(requests, budgets, self.fit(requests, budgets)):
            if not answer["fits"]:
                assert answer["request"] == request and budget < answer["conflict"]["smallestInput"]
                results.append({"error": "cannot fit"})
                continue
            after = answer["after"]["high"]
            results.append({"messages": self.read(answer["request"]), "before": answer["before"]["high"], "after": after, "budget": budget, "mutated": False})
        return results


def chat(messages):
    return {"messages": messages}


class LiteLLM:
    name = "LiteLLM trim_messages"
    package = "litellm"

    def __init__(self):
        import logging

        import litellm

        logging.disable(logging.CRITICAL)
        self.litellm = litellm

    def count(self, messages):
        try:
            return self.litellm.token_counter(model="gpt-4o", messages=messages)
        except Exception:
            return 10**9

    def trim(self, messages, budget):
        return self.litellm.utils.trim_messages(messages, model="gpt-4o", max_tokens=budget)


class LangChain:
    package = "langchain-core"
    options = {"strategy": "last"}

    def __init__(self):
        from langchain_core import messages

        self.core = messages

    def to(self, messages):
        calls = lambda said: [{"id": c["id"], "name": c["function"]["name"], "args": json.loads(c["function"]["arguments"])} for c in said.get("tool_calls") or []]
        kinds = {
            "system": lambda m: self.core.SystemMessage(m["content"]),
            "user": lambda m: self.core.HumanMessage(m["content"]),
            "tool": lambda m: self.core.ToolMessage(m["content"], tool_call_id=m["tool_call_id"]),
            "assistant": lambda m: self.core.AIMessage(m["content"] or "", tool_calls=calls(m)),
        }
        return [kinds[message["role"]](message) for message in messages]

    def back(self, messages):
        said = []
        for message in messages:
            role = {"human": "user", "ai": "assistant"}.get(message.type, message.type)
            plain = {"role": role, "content": message.content or None}
            if role == "tool":
                plain["tool_call_id"] = message.tool_call_id
            if getattr(message, "tool_calls", None):
                plain["tool_calls"] = [{"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": json.dumps(c["args"])}} for c in message.tool_calls]
            said.append(plain)
        return said

    def count(self, messages):
        return self.core.utils.count_tokens_approximately(self.to(messages))

    def trim(self, messages, budget):
        given = self.to(messages)
        copies = [message.model_copy(deep=True) for message in given]
        kept = self.core.trim_messages(given, max_tokens=budget, token_counter="approximate", **self.options)
        self.mutated = given != copies
        return self.back(kept)


class LangChainDefault(LangChain):
    name = "LangChain default"


class LangChainRecommended(LangChain):
    name = "LangChain include_system, start_on"
    options = {"strategy": "last", "include_system": True, "start_on": "human"}


class LangChainPartial(LangChain):
    name = "LangChain include_system, allow_partial"
    options = {"strategy": "last", "include_system": True, "allow_partial": True}


class Haystack:
    package = "haystack-ai"

    def __init__(self):
        from haystack import dataclasses
        from haystack.hooks import compaction
        from haystack.token_counters import ApproximateTokenCounter

        self.data, self.compaction, self.counter = dataclasses, compaction, ApproximateTokenCounter()
        self.compactor = self.make()

    def to(self, messages):
        said, names = [], {}
        for message in messages:
            content = message["content"]
            if message["role"] == "system":
                said.append(self.data.ChatMessage.from_system(content))
            elif message["role"] == "user":
                parts = [content] if isinstance(content, str) else [
                    part["text"] if part["type"] == "text" else self.data.ImageContent(base64_image=histories.PIXEL, mime_type="image/png", validation=False)
                    for part in content
                ]
                said.append(self.data.ChatMessage.from_user(content_parts=parts))
            elif message["role"] == "tool":
                said.append(self.data.ChatMessage.from_tool(tool_result=content, origin=names[message["tool_call_id"]]))
            else:
                calls = [self.data.ToolCall(id=c["id"], tool_name=c["function"]["name"], arguments=json.loads(c["function"]["arguments"])) for c in message.get("tool_calls") or []]
                names.update({call.id: call for call in calls})
                said.append(self.data.ChatMessage.from_assistant(content, tool_calls=calls or None))
        return said

    def back(self, messages):
        said = []
        for message in messages:
            role = message.role.value
            if role == "tool":
                said.append({"role": "tool", "tool_call_id": message.tool_call_result.origin.id, "content": message.tool_call_result.result})
                continue
            plain = {"role": role, "content": message.text}
            if message.images:
                plain["content"] = [{"type": "text", "text": message.text}, {"type": "image_url", "image_url": {"url": histories.IMAGE}}]
            if message.tool_calls:
                plain["tool_calls"] = [{"id": c.id, "type": "function", "function": {"name": c.tool_name, "arguments": json.dumps(c.arguments)}} for c in message.tool_calls]
            said.append(plain)
        return said

    def count(self, messages):
        return self.counter.count(messages=self.to(messages))

    def trim(self, messages, budget):
        kept = self.compactor.compact(messages=self.to(messages), target_tokens=budget, token_counter=self.counter)
        return messages if kept is None else self.back(kept)


class HaystackWindow(Haystack):
    name = "Haystack SlidingWindowCompactor"

    def make(self):
        return self.compaction.SlidingWindowCompactor()


class HaystackPruning(Haystack):
    name = "Haystack ToolResultPruningCompactor"

    def make(self):
        return self.compaction.ToolResultPruningCompactor()


class Strands:
    """Counts messages, and so do its budgets."""

    name = "Strands SlidingWindow"
    package = "strands-agents"

    def __init__(self):
        from strands.agent.conversation_manager import SlidingWindowConversationManager

        self.manager = SlidingWindowConversationManager

    def count(self, messages):
        return len(histories.converse(messages)["messages"])

    def trim(self, messages, budget):
        class Agent:
            pass

        agent, body = Agent(), histories.converse(messages)
        agent.messages = body["messages"]
        self.manager(window_size=max(budget, 1), should_truncate_results=False).apply_management(agent)
        self.mutated = False
        return histories.from_converse({"system": body["system"], "messages": agent.messages})


class JavaScript:
    def __init__(self, lines):
        self.lines = lines

    def run(self, cases):
        asked = [{"peer": self.key, "messages": history, "share": share} for history, share in cases]
        return self.lines.ask(asked)

    def counts(self, many):
        return self.lines.ask([{"count": self.key, "messages": messages} for messages in many])


class LangChainJs(JavaScript):
    name, key, module = "LangChain.js includeSystem, startOn", "langchainjs", "@langchain/core"


class Vercel(JavaScript):
    """Has no budget: what it prunes is all it can do."""

    name, key, module = "Vercel AI SDK pruneMessages", "vercel", "ai"


def run_python(peer, cases):
    results = []
    for history, share in cases:
        given = judge.copy(history)
        peer.mutated = None
        before = peer.count(given)
        budget = int(before * share)
        try:
            kept = peer.trim(given, budget)
        except Exception as error:
            results.append({"error": str(error)})
            continue
        mutated = given != history if peer.mutated is None else peer.mutated
        results.append({"messages": kept, "before": before, "after": peer.count(kept), "budget": budget, "mutated": mutated})
    return results


def version(peer):
    if isinstance(peer, Ours):
        return ""
    if isinstance(peer, JavaScript):
        return json.loads((HERE / "node_modules" / peer.module / "package.json").read_text())["version"]
    return importlib.metadata.version(peer.package)


def under(ours, peer, cases, results):
    """For each history, the most that tokenleash keeps of it within the peer's budget by the peer's counter."""
    counts = getattr(peer, "counts", lambda many: [peer.count(messages) for messages in many])
    requests = [ours.request(history) for history, _ in cases]
    whole = [answer["before"]["high"] for answer in ours.fit(requests, [10**9] * len(cases))]
    guess = [size * result["budget"] // max(result["before"], 1) for size, result in zip(whole, results)]
    low, high, best = [0] * len(cases), list(whole), [0] * len(cases)
    for probe in range(16):
        left = [index for index in range(len(cases)) if low[index] < high[index]]
        target = {}
        for index in left:
            # First where the budgets' ratio puts it, then a little beside that, then halfway.
            near = guess[index] + [0, guess[index] // 25, -guess[index] // 25][probe] if probe < 3 else 0
            target[index] = near if low[index] < near <= high[index] else (low[index] + high[index] + 1) // 2
        answers = ours.fit([requests[index] for index in left], target.values(), SHORT)
        fitting = [(index, answer) for index, answer in zip(left, answers) if answer["fits"]]
        sizes = dict(zip([index for index, _ in fitting], counts([ours.read(answer["request"]) for _, answer in fitting])))
        for index in left:
            if results[index]["budget"] < sizes.get(index, 0):
                high[index] = target[index] - 1
            else:
                low[index] = target[index]
                best[index] = max(best[index], sizes.get(index, 0))
    return best


def speed(lines):
    """LiteLLM beside us on 800 messages of 2 kB, cut to a quarter."""
    chance = random.Random(3)
    said = lambda: " ".join(chance.choice(histories.WORDS[:16]) for _ in range(420))[:2000]
    messages = [{"role": ["user", "assistant"][index % 2], "content": said()} for index in range(800)]
    messages.append({"role": "user", "content": "And now?"})
    peer = LiteLLM()
    budget = peer.count(messages) // 4
    start = time.perf_counter()
    peer.trim(judge.copy(messages), budget)
    theirs = time.perf_counter() - start
    ours = Ours(lines, "", "gpt-4o", chat, lambda body: body["messages"])
    request = ours.request(messages)
    for _ in range(3):
        start = time.perf_counter()
        assert ours.fit([request], [budget])[0]["fits"]
        own = time.perf_counter() - start
    print(f"\n800 messages of 2 kB, cut to {budget} tokens: LiteLLM {theirs * 1000:.0f} ms, "
          f"tokenleash {own * 1000:.0f} ms with both pipes, {theirs / own:.0f} times")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("histories", nargs="?", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", default="", help="only the rows whose name holds this, and ours")
    arguments.add_argument("--speed", action="store_true", help="also LiteLLM and us on 800 messages")
    asked = arguments.parse_args()
    chance = random.Random(asked.seed)
    cases = []
    while len(cases) < asked.histories:
        cases.append((histories.history(chance), chance.randint(10, 90) / 100))
    fitter = Lines(str(TARGET / "release" / "examples" / "fit_lines"))
    node = Lines("node", str(HERE / "peers.mjs"))
    own = [
        Ours(fitter, "tokenleash, Converse, Claude Sonnet 4.6", "claude-sonnet-4-6", histories.converse, histories.from_converse),
        Ours(fitter, "tokenleash, Messages, Claude Opus 4.8", "claude-opus-4-8", histories.anthropic, histories.from_anthropic),
        Ours(fitter, "tokenleash, chat completions, GPT-4o", "gpt-4o", chat, lambda body: body["messages"]),
    ]
    kinds = [LiteLLM, LangChainDefault, LangChainRecommended, LangChainPartial, HaystackWindow, HaystackPruning, Strands]
    peers = [kind for kind in kinds if asked.only.lower() in kind.name.lower()]
    peers = [kind() for kind in peers] + [kind(node) for kind in (LangChainJs, Vercel) if asked.only.lower() in kind.name.lower()]

    print(f"{len(cases)} histories, seed {asked.seed}, budgets 10 to 90 %; percent of the histories with each fault\n")
    for key, meaning in COLUMNS.items():
        print(f"  {key:<11} {meaning}")
    print(f"\n{'':<48}" + "".join(f"{key:>11}" for key in COLUMNS) + f"{'valid':>8}{'says no':>9}")
    clean, valid = True, {}
    for peer in [*peers, *own]:
        results = peer.run(cases) if hasattr(peer, "run") else run_python(peer, cases)
        found = {key: 0 for key in COLUMNS}
        fine, refused = [], 0
        for index, ((history, _), result) in enumerate(zip(cases, results)):
            if "error" in result:
                refused += 1
                continue
            bad = judge.faults(history, result["messages"], result["budget"] < result["after"], result["mutated"])
            for key in bad:
                found[key] += 1
            if not bad:
                fine.append(index)
        percent = lambda number: f"{100 * number / len(cases):.1f}" if number else "0"
        print(f"{f'{peer.name} {version(peer)}':<48}" + "".join(f"{percent(found[key]):>11}" for key in COLUMNS) + f"{percent(len(fine)):>8}{percent(refused):>9}", flush=True)
        if isinstance(peer, Ours):
            clean &= not any(found.values())
        else:
            valid[peer] = (results, fine)

    print(f"\nkept by valid results, under each tool's own counter\n{'':<48}{'histories':>11}{'theirs':>14}{'ours':>14}{'ratio':>9}{'we less':>9}{'at most':>9}")
    for peer, (results, fine) in valid.items():
        if not fine:
            print(f"{peer.name:<48}{0:>11}")
            continue
        theirs = [results[index]["after"] for index in fine]
        ours = under(own[2], peer, [cases[index] for index in fine], [results[index] for index in fine])
        less = [their - mine for mine, their in zip(ours, theirs) if mine < their]
        print(f"{peer.name:<48}{len(fine):>11}{sum(theirs):>14}{sum(ours):>14}{sum(ours) / max(sum(theirs), 1):>9.3f}{len(less):>9}{max(less, default=0):>9}", flush=True)
        clean &= sum(theirs) <= sum(ours)
    if asked.speed:
        speed(fitter)
    fitter.close()
    node.close()
    print("\nours has no fault and keeps at least as much as every other" if clean else "\nours has a fault, or keeps less than another")
    sys.exit(not clean)


main()
