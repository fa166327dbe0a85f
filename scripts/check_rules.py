#!/usr/bin/env python3
"""check_rules.py [TOP]: the rules of the source tree that a compiler does not know.

Prints `file:line: message` for everything that breaks one and fails if there was anything:

* a layer includes only the layers below it (the table LAYERS is the design);
* the machine is touched in core/os only, and printing and exiting happen in cli only;
* a header starts with `#pragma once`, project headers are included by their path from the top;
* a source file has at most 450 lines;
* no file names a folder of the machine it was written on, or the host of a package registry.
"""

import os
import re
import sys

# What each folder may include besides itself. A file's own entry (without suffix) goes before its folder's.
ABOVE_OS = ["base", "os", "model"]
LAYERS = {
    "core/base": [],
    "core/os": ["base"],
    "core/model": ["base"],
    "core/oci": ["base", "os"],
    "core/resolve": ["base", "model"],
    "core/host": ABOVE_OS,
    "core/fetch": ABOVE_OS + ["archive"],
    "core/archive": ABOVE_OS,
    "core/registry": ABOVE_OS + ["archive"],
    "core/remote": ABOVE_OS + ["archive", "fetch", "oci", "registry"],
    "core/store": ABOVE_OS,
    "core/action": ABOVE_OS,
    "core/record": ABOVE_OS,
    "core/bench": ABOVE_OS,
    "core/bench/statistics": ["base", "model"],
    "core/bench/pareto": ["base", "model"],
    "core/bench/tolerance": [],
    "core/ops": ABOVE_OS
    + ["host", "fetch", "archive", "oci", "registry", "remote", "store", "action", "record", "resolve", "bench"],
    "cli": None,  # everything
}

# (folders it is about, folders where it is allowed, pattern, message)
CALLS = [
    (["core", "cli"], ["core/os"], r"\b(?:secure_)?getenv\b|\b(?:un)?setenv\b|\bputenv\b",
     "reads or changes the environment outside core/os"),
    (["core", "cli"], ["core/os"], r"\b[io]?fstream\b|(?<![\w.>])f(?:re)?open\s*\(|(?<!\w)::open\s*\(|\bO_RDONLY\b|\bO_CREAT\b",
     "opens a file outside core/os"),
    (["core", "cli"], ["core/os"], r"\bstd::filesystem::(?!path\b)\w+", "touches the disk outside core/os"),
    (["core", "cli"], ["core/os"], r"(?<![\w.>])(?:v?fork|popen|system|execv\w*|execl\w*|posix_spawnp?)\s*\(",
     "starts a process outside core/os"),
    (["core", "cli"], ["core/os"],
     r"\w*(?:_clock|Clock)::now\b|\bstd::time\b|(?<![\w.>])time\s*\(\s*(?:0|NULL|nullptr|&)"
     r"|\b(?:localtime|gmtime)(?:_r)?\s*\(\s*&|\bclock_gettime\b|\bgettimeofday\b",
     "asks the time outside core/os"),
    (["core"], [], r"\bstd::(?:cout|cerr|clog)\b|(?<![\w.>])(?:std::)?(?:v?f?printf|f?puts|putchar|perror)\s*\("
     r"|\bfmt::print\b", "prints outside cli"),
    (["core"], [], r"(?<![\w.>])(?:std::)?(?:exit|quick_exit|abort|terminate)\s*\(", "ends the program outside cli"),
]

LONGEST = 450
SOURCES = (".cpp", ".h")
TOPS = ("core", "cli", "tests", "scripts", "cmake", "schemas", "packages", "examples", "docs", "dashboard", ".ci")
WORDS = [
    (r"(?<![\w.~}$)-])/(?:work|root)/[\w.]", "names a folder of one machine"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def blanked(text):
    """The same text with comments, strings and characters turned into blanks; newlines stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
        re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def layer_problems(path, text):
    stem = os.path.splitext(path)[0]
    layer = next((name for name in sorted(LAYERS, key=len, reverse=True) if inside(stem, name)), None)
    if layer is None:
        return
    top = "/".join(path.split("/")[:2]) if path.startswith("core/") else "cli"
    for number, line in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(1)
        parts = target.split("/")
        if parts[0] not in ("core", "cli") or len(parts) < 2:
            yield number, f'"{target}" is not a path from the top of the repository'
        elif LAYERS[layer] is None:
            continue
        elif layer in LAYERS and layer != top and inside(target, top):
            # A file with rules of its own may know only its equals in its folder.
            if os.path.splitext(target)[0] not in LAYERS:
                yield number, f"{layer} may not know {target}"
        elif parts[0] == "cli" or not (inside(target, top) or parts[1] in LAYERS[layer]):
            yield number, f"{layer} may not know {'/'.join(parts[:2]) if parts[0] == 'core' else 'cli'}"


def call_problems(path, text):
    code = blanked(text)
    for about, allowed, pattern, message in CALLS:
        if not any(inside(path, folder) for folder in about) or any(inside(path, folder) for folder in allowed):
            continue
        for match in re.finditer(pattern, code):
            yield code.count("\n", 0, match.start()) + 1, f"`{match.group().strip()}` {message}"


def source_problems(path, text):
    yield from layer_problems(path, text)
    yield from call_problems(path, text)
    lines = text.count("\n")
    if lines > LONGEST:
        yield LONGEST + 1, f"the file has {lines} lines, at most {LONGEST}"
    if path.endswith(".h") and not path.startswith("examples/"):  # those may be plain C
        first = next((line for line in blanked(text).split("\n") if line.strip()), "")
        if first.strip() != "#pragma once":
            yield 1, "the header does not start with `#pragma once`"


def word_problems(text):
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, message in WORDS:
            match = re.search(pattern, line)
            if match:
                yield number, f"`{match.group()}` {message}"


def files_below(top):
    for entry in sorted(os.listdir(top)):
        if entry != ".git" and os.path.isfile(os.path.join(top, entry)):
            yield entry
        elif entry in TOPS:
            for folder, folders, names in os.walk(os.path.join(top, entry)):
                folders[:] = sorted(name for name in folders if name not in ("node_modules", "__pycache__"))
                for name in sorted(names):
                    yield os.path.relpath(os.path.join(folder, name), top)


def problems_of(top, path):
    try:
        with open(os.path.join(top, path), encoding="utf-8") as file:
            text = file.read()
    except (UnicodeDecodeError, OSError):
        return  # not a text: a picture, a broken link of a test
    # Templates are packages that `reef init` writes: programs of their own.
    ours = not inside(path, "tests/data") and not inside(path, "core/ops/templates")
    if path.endswith(SOURCES) and ours:
        yield from source_problems(path, text)
    if not inside(path, "tests/data/rules") and path != "scripts/check_rules.py":
        yield from word_problems(text)


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    found = 0
    for path in files_below(top):
        for number, message in sorted(set(problems_of(top, path))):
            print(f"{path}:{number}: {message}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
