"""A program that answers by the line protocol; its argument says what it does wrong, and which file tells that it hangs."""
import json
import os
import sys
import time

mode, _, mark = (sys.argv[1] if len(sys.argv) > 1 else "good").partition("=")


def hang():
    if mark:
        open(mark, "w").close()
    time.sleep(60)


if mode == "silent":
    hang()
if mode == "chatty":
    print("loading the model ...", flush=True)
if mode == "newer":
    print("reef-protocol 2 10", flush=True)
else:
    print("reef-protocol 1 10", flush=True)
seen = set()
for count, line in enumerate(sys.stdin):
    kind, *numbers = line.split()
    if kind == "end":
        break
    query, *samples = map(int, numbers)
    seen.update(samples)
    if count == 3 and mode == "dies":
        sys.exit("out of memory, said the program")
    if count == 3 and mode == "crashes":
        os.abort()
    if count == 3 and mode == "garbage":
        print("no idea", flush=True)
        continue
    if count == 3 and mode == "refuses":
        print("e", query, "out of memory", flush=True)
        continue
    if count == 3 and mode == "few":
        print("a", query, flush=True)
        continue
    if count == 3 and mode == "hangs":
        hang()
    print("a", query, *(sample % 3 for sample in samples), flush=True)
if mode == "mute":
    sys.exit(0)
if mode == "badly":
    sys.exit(4)
with open(os.environ["REEF_METRICS"], "w") as file:
    json.dump({"accuracy": {"nan": float("nan"), "infinite": float("inf")}.get(mode, len(seen) / 10)}, file)
