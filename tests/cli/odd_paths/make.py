"""Writes a project whose every path is odd: blanks, quotes, unicode, a dollar, a leading dash."""
import json
import pathlib

ODD = "it's \"ö d d\" $(x) `y` ; 日本 & -z"
project = pathlib.Path("a 'project' ünï \"q\"")
source = project / ODD
source.mkdir(parents=True)
(source / "-in put ß.txt").write_text("odd but fine\n", encoding="utf-8")
(project / f"run {ODD}.sh").write_text(
    'printf "<%s>\\n" "$@"\ncat "$REEF_PREFIX/$1"\ncp "$REEF_PREFIX/$1" "$REEF_OUTPUT/out püt \'1\'.txt"\n'
    'echo \'{"score": 1}\' > "$REEF_METRICS"\n', encoding="utf-8")
(project / "reef.json").write_text(json.dumps({
    "reef": 1, "name": "odd", "version": "1.0.0", "kind": "program",
    "sources": [{"path": ODD}, {"path": f"run {ODD}.sh"}, {"path": f"{ODD}/-in put ß.txt", "to": "to/ä b"}],
    "dependencies": {"friend": {"package": "friend"}},
    "actions": {
        "build": {"run": [["cp", "--", f"{ODD}/-in put ß.txt", "${prefix}/built 'ß'"]]},
        "show": {"run": [{"script": f"run {ODD}.sh", "args": ["built 'ß'", "${friend.prefix}/f ö.txt"]}],
                 "inputs": ["${prefix}/built*"], "outputs": ["${output}/out*'1'.txt"],
                 "metrics": {"score": {"better": "higher"}}},
        "flow": {"steps": {
            "one": {"run": [["cp", "${prefix}/built 'ß'", "stép 1.txt"]], "inputs": ["${prefix}/built 'ß'"],
                    "outputs": ["stép 1.txt"]},
            "two": {"run": [["cat", "stép 1.txt"]], "needs": ["one"], "inputs": ["stép *.txt"]}}}}},
    ensure_ascii=False), encoding="utf-8")
friend = pathlib.Path("cata logue 'é'/fri end")
friend.mkdir(parents=True)
(friend / "f ö.txt").write_text("friend\n", encoding="utf-8")
(friend / "reef.json").write_text(json.dumps({
    "reef": 1, "name": "friend", "version": "1.0.0", "kind": "library", "sources": [{"path": "f ö.txt"}],
    "exports": {"env": {"FRIEND": "${prefix}/f ö.txt"}}}, ensure_ascii=False), encoding="utf-8")
tool = pathlib.Path("b i n 'ü'")
tool.mkdir()
