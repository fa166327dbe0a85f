"""shell_terminal.py REEF: `reef shell` on a terminal, with the start-up files of the user's own shell."""
import json
import os
import pathlib
import pty
import shutil
import sys
import tempfile

ODD = """it's "a" $(touch hacked) `touch hacked` \\ $HOME\nsecond line\t!!"""
MANIFEST = """{"reef": 1, "name": "snake", "version": "1.0.0", "kind": "program", "sources": [{"path": "bin"}],
  "exports": {"env": {"PATH": {"prepend": "${prefix}/bin"}, "ODD": %s}},
  "actions": {"build": {"run": [["cp", "-r", "bin", "${prefix}/"]]}}}
"""
# What a user has in these files: another python3 before all others, a prompt, something of their own.
START = {
    "bash": (".bashrc", 'export PATH="$HOME/bin:$PATH" OWN=1 ODD=rc\nPS1="prompt> "\n'),
    "zsh": (".zshrc", 'export PATH="$HOME/bin:$PATH" OWN=1 ODD=rc\nPS1="prompt> "\n'),
    "fish": (".config/fish/config.fish", 'set -gx PATH $HOME/bin $PATH\nset -gx OWN 1\nset -gx ODD rc\n'
                                         'function fish_prompt; printf "prompt> "; end\n'),
}


def write_program(path, says):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)


def on_terminal(argv, env, cwd, typed):
    """Everything that a program printed on a terminal on which that was typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(argv[0], argv, env)
    os.write(terminal, typed.encode())
    seen = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
    _, status = os.waitpid(pid, 0)
    return seen.decode(errors="replace"), os.waitstatus_to_exitcode(status)


def check(reef, shell, top):
    name = os.path.basename(shell)
    file, text = START[name]
    home = top / "home"
    (home / file).parent.mkdir(parents=True, exist_ok=True)
    (home / file).write_text(text)
    write_program(home / "bin/python3", "theirs")
    project = top / "snake"
    write_program(project / "bin/python3", "ours")
    (project / "reef.json").write_text(MANIFEST % json.dumps(ODD))
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "REEF_HOME": str(top / "reef"), "SHELL": shell, "TERM": "dumb"}
    typed = "python3 > seen-python; printf %s \"$ODD\" > seen-odd; printf %s \"$OWN\" > seen-own; exit 7\n"
    seen, status = on_terminal([reef, "shell", "."], env, project, typed)
    assert status == 7, (status, seen)
    assert (project / "seen-python").read_text() == "ours\n", seen
    assert (project / "seen-odd").read_bytes().decode() == ODD, (project / "seen-odd").read_text()
    assert (project / "seen-own").read_text() == "1", seen
    assert "(snake) prompt> " in seen, seen
    assert not (project / "hacked").exists()
    assert [each for each in (top / "reef/tmp").iterdir()] == [], "files are left behind"


def main():
    reef = os.path.abspath(sys.argv[1])
    for name in START:
        shell = shutil.which(name)
        if shell is None:
            print(f"{name} is not here: left out")
            continue
        with tempfile.TemporaryDirectory(prefix="reef-shell-") as top:
            check(reef, shell, pathlib.Path(top))


main()
