"""What one observed usage teaches: the shift of one recorded request, applied to the others of its model and tools."""
import collections
import json
import random


def groups(pairs):
    """Records and their counts by model and tools; those without tools by model alone."""
    found = collections.defaultdict(list)
    for record, tokens, true in pairs:
        request = record["request"]
        tools = request.get("tools") or request.get("toolConfig")
        key = json.dumps([record["model"], tools, request.get("tool_choice")], sort_keys=True)
        found[(bool(tools), key)].append((tokens, true))
    return found


def show(pairs):
    """Prints how many counts were exact before and after the shift of one request of their group."""
    random.seed(1)
    tally = collections.Counter()
    for (tools, _), counts in sorted(groups(pairs).items()):
        random.shuffle(counts)
        (tokens, true), *others = counts
        for count in others:
            tally[tools, "records"] += 1
            tally[tools, "before"] += count[0] == count[1]
            tally[tools, "after"] += count[0] + true - tokens == count[1]
    print("\nClaude, exact after one observed usage of the same model and tools:")
    for tools, words in ((True, "with tools"), (False, "without tools (not applied)")):
        number = tally[tools, "records"]
        before, after = (tally[tools, when] / max(1, number) for when in ("before", "after"))
        print(f"  {words:<28} {number:>5} records  {before:.1%} before, {after:.1%} after")
