"""Records as another host could have written them: $REEF_HOME/records/*/record.json and samples.bin."""
import json
import os
import pathlib
import random
import struct
import sys

NAME = "a|b<img src=x onerror=alert(1)>"
HOSTILE = "=cmd|'/C calc'!A0 $x^2 \\end{tabular} `x` @you ]]>\n| --- |"
FAST, SLOW = "Fast & Furious 9000", "Slow <1>"


def record(number, engine, microseconds, status="ok", cpu=FAST, reason=None, accuracy=0.98, conditions=None,
           scenario="single-stream", further=(), load=None, sweep=None, steps=None, few=False):
    rng = random.Random(number)
    nanoseconds = [round(microseconds * 1000 * (1 + 0.02 * rng.random())) for _ in range(1000)]
    ordered = sorted(n * 1e-9 for n in nanoseconds)
    metric = {"better": "lower", "unit": "s", "n": 1000}
    metrics = {
        "latency": {**metric, "value": ordered[500], "lower": ordered[468], "upper": ordered[531]},
        "latency.p99": {**metric, "value": ordered[990], "lower": ordered[983], "upper": ordered[996]},
        "accuracy": {"better": "higher", "unit": "1", "value": accuracy, "tolerance": 0.005},
        "na|me<b>": {"value": 1.0, "unit": "a|b"},
        **{name: {"value": 7.0, "unit": "1"} for name in further},
    }
    if few:
        metrics["latency.p99"].update({"value": None, "problem": "500 of the 662 values that it needs"})
    metrics.update({f"{step}.latency": metrics["latency"] for step in steps or {}})
    identity = f"20260101-000000-{number:04x}"
    out = {
        "format": 1, "id": identity, "package": NAME, "version": "1.0.0", "action": "benchmark", "status": status,
        "reason": reason, "scenario": scenario, "options": {"engine": engine}, "parameters": {},
        "times": {"started": "2026-01-01T00:00:00Z", "total": 2.0}, "metrics": metrics if status == "ok" else {},
        "host": {"cpu_model": cpu, "os": "linux", "threads": 2, "arch": "x86_64"},
        "conditions": conditions, "load": load, "sweep": sweep,
        **({"steps": steps} if steps else {}),
    }
    if status == "ok":
        mean = sum(ordered) / len(ordered)
        out["latency"] = {"n": 1000, "not_finite": 0, "mean": mean, "median": ordered[500], "mad": 1e-8, "sd": 1e-8, "min": ordered[0],
                          "max": ordered[-1], "percentiles": [], "tukey_outliers": 0, "modified_z_outliers": 0}
    folder = pathlib.Path(os.environ["REEF_HOME"]) / "records" / identity
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps(out))
    name = b"latency_ns"
    (folder / "samples.bin").write_bytes(b"reefsmp1" + struct.pack("<IQI", 1, 1000, len(name)) + name
                                         + struct.pack("<1000Q", *nanoseconds))


record(1, "native", 100)
record(2, HOSTILE, 120)
record(3, "broken", 1, status="failed", reason=HOSTILE)
record(4, "stopped", 1, status="interrupted", reason="interrupted")
record(5, "native", 50, cpu=SLOW, conditions={
    "grade": "noisy", "findings": [{"severity": "noisy", "text": "other programs kept <b>1.9</b> of 2 processors busy"}]})
if "scenarios" in sys.argv:
    record(6, "native", 300, scenario="server")
if "loads" in sys.argv:
    def load(**settings):
        return {"system": "program", "mode": "performance", "min_queries": 100, "min_duration": 1.0, "queries": 1000,
                "warmup_asked": 10, "seed": 1, "order": "rounds", "samples": 10, "samples_per_query": 1, **settings}
    record(8, "native", 100, scenario="server", load=load(rate=500.0, bound="p99=5.00 s", pacing="sleep"))
    record(9, "native", 770, scenario="server",
           load=load(rate=50000.0, bound="p99=1.00 s", pacing="spin", seed=2, order="loadgen", warmup_asked=20))
    record(10, "native", 100, scenario="server", load=load(rate=500.0, bound="p99=5.00 s", pacing="sleep"))
    record(11, "native", 100, scenario="multi-stream", load=load(samples_per_query=8))
    record(12, "native", 770, scenario="multi-stream", load=load(samples_per_query=64))
    probes = [{"rate": 900.0, "valid": True, "undecided": False, "queries": 10, "latency": 0.1}]
    record(13, "native", 100, scenario="server", load=load(rate=900.0, bound="p99=5.00 s", peak={"rate": 1000.0, "lower": 900.0, "upper": 1100.0, "confirmed": 900.0, "probes": probes}))
    record(14, "native", 150, scenario="server", load=load(rate=1100.0, bound="p99=5.00 s", peak={"rate": 1000.0, "lower": 900.0, "upper": 1100.0, "confirmed": 900.0, "probes": probes}))
if "names" in sys.argv:
    record(7, "native", 100, further=("id", "status", "accuracy.lower"))
if "repeats" in sys.argv:
    def settings(queries):
        return {"system": "program", "mode": "performance", "min_queries": queries, "min_duration": 1.0, "seed": 1}
    for lap, (microseconds, queries) in enumerate(((110, 300), (100, 300), (130, 300), (150, 100))):
        record(19 - lap, "native", microseconds, load=settings(queries), sweep={"id": "sweep-1", "point": 7, "round": lap})
    record(15, "native", 90, status="invalid", reason="out of order", load=settings(300), sweep={"id": "sweep-1", "point": 7, "round": 4})
if "few" in sys.argv:
    for number, rate in ((23, 500.0), (24, 900.0)):
        record(number, "native", 100, scenario="server", few=number == 24,
               load={"system": "program", "mode": "performance", "seed": 1, "rate": rate})
if "steps" in sys.argv:
    def served(rate):
        return {"scenario": "server", "load": {"system": "program", "mode": "performance", "seed": 1, "rate": rate}}
    record(20, "native", 100, scenario="server", steps={"a": served(200.0), "b": served(2000.0)})
    record(21, "native", 90, scenario="server", steps={"a": served(2000.0), "b": served(200.0)})
    record(22, "native", 90, scenario=None)
