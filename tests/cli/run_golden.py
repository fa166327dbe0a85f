#!/usr/bin/env python3
"""run_golden.py [--bin FOLDER] FILE.t...: runs transcripts and compares what they say with what happens.

    # A comment: kept as it is, like blank lines between commands.
    $ reef check nowhere.json
    ! error: cannot open `nowhere.json`: No such file or directory
    !   while reading the manifest
    ? 4
    $ cat >reef.json <<'END'
    > {"reef": 1}
    > END

`$ ` starts a command for bash, `> ` continues it. Below it stand the lines of its standard output, then those of its
standard error with `! ` in front, then `? N` when the exit status is not 0. A line of the output that looks like one
of these marks has a `\\` in front; a lone `\\` is an empty line at the end of the output, `\\c` a last line without a
newline.

Each file runs in a new sandbox: a copy of the folder beside it (`x.t` and `x/`) is the current folder; HOME, REEF_HOME
and TMPDIR lie beside that; `cd` and `export` last until the end of the file; nothing else of the environment is there.
PATH is the folder of --bin, then /usr/bin and /bin. Standard input is empty. REEF_GOLDEN_SOURCE is the top of the
repository.

Four things of the output are replaced before comparing: folders ($DIR is the current one, $HOME, $REEF_HOME, $TMPDIR,
$SOURCE, $BIN), ids of records ($RUN), hexadecimal numbers of 12 digits and more ($DIGEST), durations and sizes ($TIME,
$SIZE; blanks around them shrink to two, because columns move with them; so do the columns of a paragraph that names a
folder).

REEF_ACCEPT=1 writes what happened into the file. A difference is shown as a unified diff; the exit status is then 1.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SECONDS_PER_COMMAND = float(os.environ.get("REEF_GOLDEN_SECONDS", "300"))
NUMBER = r"(?<![\w.])\d+(?:\.\d+)?"
RULES = [
    (re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}\b"), "$RUN"),
    (re.compile(r"(?<![\w])[0-9a-f]{12,}(?![\w])"), "$DIGEST"),
    (re.compile(NUMBER + r" (?:h \d+ min|min \d+ s|(?:ns|us|ms|s|min|h)\b)"), "$TIME"),
    (re.compile(NUMBER + r" (?:[KMGTP]iB|B)\b"), "$SIZE"),
]
# Where these tests run in a container that allows no network namespace, `reef replay` says so.
NETWORK = [
    (r"(?m)^note: what is replayed has this host's network: .*\n", ""),
    (r"(?m)^network   (none|this host's)$", "network   $NETWORK"),
    (r"(?m)^nothing else differs, but that there was no network$", "nothing else differs"),
]
MARKS = ("$ ", "> ", "! ", "? ", "# ", "\\")


class Sandbox:
    """A folder with everything a transcript may touch, removed at the end."""

    def __init__(self, transcript, programs):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="reef-golden-")).resolve()
        self.folder = self.top / "work"
        beside = transcript.with_suffix("")
        if beside.is_dir():
            shutil.copytree(beside, self.folder, symlinks=True)
        for name in ("work", "home", "tmp"):
            (self.top / name).mkdir(exist_ok=True)
        self.state = self.top / "current"
        self.state.write_text(str(self.folder))
        self.exported = self.top / "exported"
        self.exported.touch()
        self.folders = [(self.folder, "$DIR"), (self.top / "home", "$HOME"), (self.top / "reef", "$REEF_HOME"),
                        (self.top / "tmp", "$TMPDIR")]
        if programs:
            self.folders.append((programs, "$BIN"))
        self.folders.append((SOURCE, "$SOURCE"))
        self.environment = {
            "PATH": (f"{programs}:" if programs else "") + "/usr/bin:/bin",
            "HOME": str(self.top / "home"),
            "REEF_HOME": str(self.top / "reef"),
            "REEF_GOLDEN_SOURCE": str(SOURCE),
            "TMPDIR": str(self.top / "tmp"),
            "LC_ALL": "C.UTF-8",
        }

    def run(self, command):
        """(stdout, stderr, exit status) of one command; what it leaves running is killed."""
        # Not the last command of its shell: bash must stay to say where it ended up, and what it exported.
        state, exported = shlex.quote(str(self.state)), shlex.quote(str(self.exported))
        script = f". {exported}\ntrap 'pwd >{state}; export -p >{exported}' EXIT\n{command}\n"
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(["/bin/bash", "-c", script], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       cwd=self.state.read_text().rstrip("\n"), env=self.environment,
                                       start_new_session=True)
            late = False
            try:
                process.wait(SECONDS_PER_COMMAND)
            except subprocess.TimeoutExpired:
                late = True
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            status = process.wait()
            out.seek(0)
            err.seek(0)
            texts = [stream.read().decode("utf-8", "backslashreplace") for stream in (out, err)]
        if late:
            texts[1] += f"golden: stopped after {SECONDS_PER_COMMAND:g} seconds\n"
        return (*texts, status if status >= 0 else 128 - status)

    def normalised(self, text):
        for pattern, name in NETWORK:
            text = re.sub(pattern, name, text)
        text = "\n\n".join(self.with_narrow_columns(block) for block in text.split("\n\n"))
        # Where a path begins: a clone in `/project` is not meant by `$DIR/project`.
        for folder, name in self.folders:
            text = re.sub(rf"(?<!\w){re.escape(str(folder))}", lambda _: name, text)
        for pattern, name in RULES:
            text = re.sub(f"(?:(?<=\\S)  +)?(?P<value>{pattern.pattern})(?:  +)?",
                          lambda match: shrunk(match, name), text)
        return text

    def with_narrow_columns(self, block):
        """A table that names a folder is as wide as that folder is long."""
        names_folder = any(str(folder) in block for folder, _ in self.folders)
        # Lines of a quoted file and the mark below them (`  6 |   "name": 1`) keep theirs: the mark points at something.
        return re.sub(r"(?m)^(?!\s*\d*\s\| ).*$", lambda line: re.sub(r"(?<=[^\s|])   +(?=\S)", "  ", line.group()),
                      block) if names_folder else block

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwX", str(self.top)], check=False, capture_output=True)
        shutil.rmtree(self.top, ignore_errors=True)


def shrunk(match, name):
    """The name instead of the value, and at most two of the blanks that lined it up."""
    before, after = match.group().split(match.group("value"), 1)
    return before[:2] + name + after[:2]


def commands_of(lines):
    """Cuts a transcript: ('text', lines) for comments and blank lines, ('command', lines) without the old output."""
    at = 0
    while at < len(lines):
        if not lines[at].startswith("$ "):
            yield "text", [lines[at]]
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (lines[end].startswith("> ") or lines[end] == ">"):
            end += 1
        yield "command", lines[at:end]
        # The old output: up to the next command or comment; blank lines before that are the author's.
        stop = end
        while stop < len(lines) and not lines[stop].startswith("$ ") and not lines[stop].startswith("# "):
            stop += 1
        while stop > end and lines[stop - 1] == "":
            stop -= 1
        at = stop


def marked_output(text):
    if not text:
        return []
    complete = text.endswith("\n")
    lines = (text[:-1] if complete else text).split("\n")
    lines = ["\\" + line if line.startswith(MARKS) or line in ("$", ">", "!", "?") else line for line in lines]
    if lines[-1] == "":
        lines[-1] = "\\"
    return lines if complete else lines + ["\\c"]


def marked_errors(text):
    lines = text[:-1].split("\n") if text.endswith("\n") else text.split("\n")
    return [f"! {line}".rstrip(" ") if not line else f"! {line}" for line in lines] if text else []


def transcript_of(lines, sandbox):
    for kind, part in commands_of(lines):
        yield from part
        if kind == "text":
            continue
        command = "\n".join(line[2:] for line in part)
        out, err, status = sandbox.run(command)
        yield from marked_output(sandbox.normalised(out))
        yield from marked_errors(sandbox.normalised(err))
        if status != 0:
            yield f"? {status}"


def check(path, programs):
    expected = path.read_text(encoding="utf-8")
    sandbox = Sandbox(path, programs)
    try:
        seen = "".join(line + "\n" for line in transcript_of(expected.splitlines(), sandbox))
    finally:
        sandbox.remove()
    if seen == expected:
        return True
    if os.environ.get("REEF_ACCEPT") == "1":
        path.write_text(seen, encoding="utf-8")
        print(f"{path.name}: accepted")
        return True
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), seen.splitlines(True), f"{path.name} (expected)",
                                               f"{path.name} (seen)"))
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--bin", type=pathlib.Path, help="folder of the programs under test, first on PATH")
    parser.add_argument("transcripts", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    programs = options.bin.resolve() if options.bin else None
    passed = [check(path.resolve(), programs) for path in options.transcripts]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
