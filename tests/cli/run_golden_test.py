#!/usr/bin/env python3
"""Tests of run_golden.py: what it accepts, what it refuses, what it writes."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).with_name("run_golden.py")


class Golden(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.file = self.folder / "case.t"

    def tearDown(self):
        self.temporary.cleanup()

    def run_golden(self, text, **environment):
        self.file.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, RUNNER, *self.options, self.file], text=True, capture_output=True,
                              env={**os.environ, "REEF_ACCEPT": "", **environment})

    options = ()

    def accepts(self, text):
        done = self.run_golden(text)
        self.assertEqual(done.stdout + done.stderr, "")
        self.assertEqual(done.returncode, 0)

    def test_output_errors_and_status(self):
        self.accepts("# comment\n\n$ echo out; echo err >&2; exit 7\nout\n! err\n? 7\n\n# end\n$ true\n")

    def test_a_difference_is_shown_and_fails(self):
        done = self.run_golden("$ echo new\nold\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("-old\n+new\n", done.stdout)

    def test_each_part_counts(self):
        for text in ("$ echo a\n", "$ echo a >&2\n", "$ exit 3\n", "$ true\na\n", "$ true\n! a\n", "$ true\n? 1\n"):
            self.assertEqual(self.run_golden(text).returncode, 1, text)

    def test_accepting_writes_what_happened_and_keeps_the_rest(self):
        text = "# first\n$ echo a\nold\n! older\n? 5\n\n# second\n$ printf 'b\\n\\n'\n"
        self.assertEqual(self.run_golden(text, REEF_ACCEPT="1").returncode, 0)
        wanted = "# first\n$ echo a\na\n\n# second\n$ printf 'b\\n\\n'\nb\n\\\n"
        self.assertEqual(self.file.read_text(), wanted)
        self.accepts(wanted)

    def test_lines_that_look_like_marks(self):
        text = "$ printf '%s\\n' '$ x' '! y' '? 1' '# z' '> w' '\\v' '' x\n"
        self.accepts(text + "\\$ x\n\\! y\n\\? 1\n\\# z\n\\> w\n\\\\v\n\nx\n")

    def test_a_last_line_without_newline(self):
        self.accepts("$ printf a\na\n\\c\n")
        self.assertEqual(self.run_golden("$ printf a\na\n").returncode, 1)

    def test_continuation_lines_make_a_file(self):
        self.accepts("$ cat >f <<'E'\n> one\n>\n> $HOME\n> E\n$ cat f\none\n\n\\c\n".replace("\\c\n", "$HOME\n"))

    def test_columns_do_not_depend_on_the_length_of_folders(self):
        self.accepts("$ printf 'PATH%40sNOTE\\n%-50s  note\\n' '' \"$PWD\"\nPATH  NOTE\n$DIR  note\n")

    def test_export_lasts(self):
        self.accepts("$ export WORDS='two  words' && false\n? 1\n$ echo \"$WORDS\"\ntwo  words\n")

    def test_cd_lasts_and_folders_have_names(self):
        self.accepts("$ mkdir 'a b' && cd 'a b'\n$ pwd; echo $HOME $TMPDIR $REEF_HOME\n"
                     "$DIR/a b\n$HOME $TMPDIR $REEF_HOME\n")

    def test_a_folder_is_named_where_its_path_begins(self):
        source = RUNNER.resolve().parents[2]
        self.accepts(f"$ echo $REEF_GOLDEN_SOURCE/x file://$REEF_GOLDEN_SOURCE top$REEF_GOLDEN_SOURCE\n"
                     f"$SOURCE/x file://$SOURCE top{source}\n")

    def test_the_folder_beside_the_file_is_copied(self):
        (self.folder / "case").mkdir()
        (self.folder / "case" / "data").write_text("hello\n")
        self.accepts("$ cat data; echo changed >data; rm data\nhello\n")
        self.assertEqual((self.folder / "case" / "data").read_text(), "hello\n")

    def test_nothing_of_the_caller_is_seen(self):
        self.file.write_text("")
        text = "$ env | cut -d= -f1 | grep -v -e '^_$' -e SHLVL -e PWD | sort | xargs; cat\n"
        self.accepts(text + "HOME LC_ALL PATH REEF_GOLDEN_SOURCE REEF_HOME TMPDIR\n")

    def test_digests_durations_and_sizes(self):
        self.accepts("$ echo 0123456789ab 0123456789a v12.2.0 took 3.21 ms, 2 min 5 s, 1.5 GiB, 17 B, 5 steps\n"
                     "$DIGEST 0123456789a v12.2.0 took $TIME, $TIME, $SIZE, $SIZE, 5 steps\n")

    def test_columns_do_not_move_with_durations(self):
        self.accepts("$ echo 'a    1.23 us   x'; echo 'a   12.34 us  x'\na  $TIME  x\na  $TIME  x\n")

    def test_a_command_that_hangs_is_stopped_with_its_children(self):
        number = self.folder / "number"
        text = f"$ sleep 60 & echo $! >{number}; sleep 60\n! golden: stopped after 0.3 seconds\n? 137\n"
        done = self.run_golden(text, REEF_GOLDEN_SECONDS="0.3")
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.returncode, 0)
        status = pathlib.Path(f"/proc/{number.read_text().strip()}/stat")
        self.assertTrue(not status.exists() or ") Z " in status.read_text())

    def test_programs_under_test_come_first(self):
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "ls").write_text("#!/bin/sh\necho mine\n")
        (programs / "ls").chmod(0o755)
        self.options = ("--bin", programs)
        self.accepts("$ ls; command -v ls\nmine\n$BIN/ls\n")


if __name__ == "__main__":
    unittest.main()
