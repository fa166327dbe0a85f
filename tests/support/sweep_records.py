#!/usr/bin/env python3
"""sweep_records.py HOME COUNT [--hostile] [--seed N] [--repeat N]: fills HOME/records with the records of a made-up sweep.

The sweep is of the digits classifier: model x engine x compiler (60 runs), then x optimisation x threads, then again
and again on later days and on a second machine until there are COUNT runs. Numbers are made up but behave: latencies
are log-normal with rare long ones, accuracy belongs to the model, one engine becomes 12 % slower one day, some runs
fail, are invalid or were interrupted, one in fifty lacks a metric. The same arguments give the same bytes.

--repeat: every choice that often, as rounds of one sweep.
--hostile: names, reasons and numbers that would do harm on a page that trusts them.
"""

import argparse
import datetime
import hashlib
import itertools
import json
import math
import os
import random
import struct

MODELS = {  # accuracy, seconds of the plain kernels, bytes, parameters
    "mlp-64": (0.978, 1.3e-6, 19_713, 4_810),
    "cnn-s": (0.974, 4.9e-6, 14_761, 3_658),
    "cnn-m": (0.984, 15e-6, 55_214, 13_706),
    "cnn-l": (0.990, 118e-6, 397_102, 99_178),
}
ENGINES = {  # own cost of a query in seconds, factor of the kernels, part that threads share, bytes of memory
    "native": (0.25e-6, 1.0, 0.0, 4.1e6),
    "openblas": (1.4e-6, 0.42, 0.35, 21e6),
    "opencv": (11e-6, 0.55, 0.5, 63e6),
    "onnxruntime": (24e-6, 0.38, 0.6, 118e6),
    "onednn": (5.5e-6, 0.33, 0.55, 88e6),
}
COMPILERS = {"gcc": ("12.2.0", 1.0), "clang": ("14.0.6", 0.95), "any": ("12.2.0", 1.0)}
OPTIMIZE = {"O3": 1.0, "O2": 1.08, "O3-native": 0.72, "O0": 4.6}
THREADS = (1, 2, 4)
LEVELS = (0.5, 0.9, 0.95, 0.97, 0.99, 0.999)
HOSTS = [
    {"cpu_model": "AMD EPYC 7763 64-Core Processor", "cpu_vendor": "AuthenticAMD", "cores": 8, "threads": 16,
     "memory_bytes": 67_430_211_584, "kernel": "6.1.0-18-amd64", "speed": 1.0},
    {"cpu_model": "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", "cpu_vendor": "GenuineIntel", "cores": 4, "threads": 8,
     "memory_bytes": 33_715_105_792, "kernel": "6.1.0-21-amd64", "speed": 1.22},
]
MARKUP = '<img src=x onerror="document.title=\'owned\'">'


def digest(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def choices():
    """Every choice, the sixty of the plain sweep first."""
    for optimize, threads in itertools.product(OPTIMIZE, THREADS):
        for model, engine, compiler in itertools.product(MODELS, ENGINES, COMPILERS):
            yield {"model": model, "engine": engine, "compiler": compiler, "optimize": optimize}, threads


def latencies(options, threads, host, day, rng, count):
    """Sorted, in whole nanoseconds."""
    _, kernels, _, _ = MODELS[options["model"]]
    own, factor, shared, _ = ENGINES[options["engine"]]
    work = kernels * factor * COMPILERS[options["compiler"]][1]
    if options["engine"] == "native":
        work *= OPTIMIZE[options["optimize"]]
    work *= (1 - shared) + shared / threads
    middle = (own * (1 + 0.15 * (threads - 1) * (shared > 0)) + work) * host["speed"] * rng.lognormvariate(0, 0.015)
    if options["engine"] == "openblas" and day >= 6:
        middle *= 1.12
    values = [middle * rng.lognormvariate(0, 0.035) for _ in range(count)]
    for i in range(0, count, 97):
        values[i] *= rng.uniform(1.5, 9)
    return sorted(round(value * 1e9) for value in values)


def percentile(values, p):
    """The order statistic, and those that hold it with 95 % confidence (normal approximation of the ranks)."""
    n = len(values)
    spread = 1.96 * math.sqrt(n * p * (1 - p))
    low, high = math.floor(n * p - spread), math.ceil(n * p + spread)
    return {"p": p, "value": values[min(n - 1, math.floor(n * p))] * 1e-9,
            "lower": values[low] * 1e-9 if low >= 0 else None,
            "upper": values[high] * 1e-9 if high < n else None, "needs": math.ceil(3.7 / (1 - p))}


def summary(values):
    n = len(values)
    seconds = [value * 1e-9 for value in values]
    mean = sum(seconds) / n
    median = seconds[n // 2]
    return {"n": n, "not_finite": 0, "mean": mean, "median": median,
            "mad": sorted(abs(value - median) for value in seconds)[n // 2],
            "sd": math.sqrt(sum((value - mean) ** 2 for value in seconds) / (n - 1)), "min": seconds[0],
            "max": seconds[-1], "percentiles": [percentile(values, p) for p in LEVELS], "tukey_outliers": n // 60,
            "modified_z_outliers": n // 97}


def metric(value, unit, better, n=None, lower=None, upper=None, tolerance=None, problem=None):
    return {"value": value, "problem": problem, "unit": unit, "better": better, "tolerance": tolerance, "n": n,
            "lower": lower, "upper": upper}


def metrics(options, threads, values, rng):
    accuracy, _, size, parameters = MODELS[options["model"]]
    memory = ENGINES[options["engine"]][3]
    out = {
        "accuracy": metric(accuracy, "1", "higher", tolerance=0.005),
        "accuracy_samples": metric(500, None, None),
        "model_size": metric(size, "B", "lower"),
        "parameters": metric(parameters, None, None),
        "peak_memory": metric(4096 * round((memory + 3 * size + 2e6 * threads) / 4096), "B", "lower"),
        "throughput": metric(len(values) / sum(values) * 1e9, "1/s", "higher"),
        "cpu_per_query": metric(sum(values) / len(values) * 0.97e-9, "s", "lower"),
        "load_time": metric((3e-3 + memory * 2e-10) * rng.lognormvariate(0, 0.1), "s", "lower"),
        "first_answer": metric(values[-1] * 3e-9, "s", "lower"),
    }
    for name, p in (("latency", 0.5), ("latency.p90", 0.9), ("latency.p99", 0.99), ("latency.p999", 0.999)):
        one = percentile(values, p)
        out[name] = metric(one["value"], "s", "lower", len(values), one["lower"], one["upper"])
    return out


def samples_bin(values):
    name = b"latency_ns"
    return (b"reefsmp1" + struct.pack("<IQI", 1, len(values), len(name)) + name +
            struct.pack(f"<{len(values)}Q", *values))


def closure(options):
    compiler = "clang" if options["compiler"] == "clang" else "gcc"
    key = {name: digest(name, json.dumps(options) if name == "digits-classifier" else options["model"])
           for name in ("digits", "digits-weights", "digits-classifier")}
    packages = [("digits", {}), ("digits-weights", {"model": options["model"]}), ("digits-classifier", options)]
    return key, [{"name": name, "version": "1.0.0", "options": chosen, "build_key": key[name]}
                 for name, chosen in packages] + [
        {"name": compiler, "version": COMPILERS[options["compiler"]][0], "options": {}, "build_key": None}]


def record(number, options, threads, rng, count):
    lap, place = divmod(number, len(list(choices())))
    host = HOSTS[lap % 2]
    day = lap * 2 + place // 400
    started = datetime.datetime(2026, 1, 12, 9, 0, 0) + datetime.timedelta(days=day, seconds=37 * place % 36000 + 7 * lap)
    values = latencies(options, threads, host, day, rng, count)
    key, packages = closure(options)
    compiler = "clang" if options["compiler"] == "clang" else "gcc"
    store = "/home/ada/.local/share/reef/store/"
    argv = [f"{store}{key['digits-classifier'][:32]}-digits-classifier-1.0.0/bin/classify", "--weights",
            f"{store}{key['digits-weights'][:32]}-digits-weights-1.0.0", "--dataset",
            f"{store}{key['digits'][:32]}-digits-1.0.0", "--threads", str(threads)]
    steady = sum(values) * 1e-9
    out = {
        "format": 1, "id": f"{started:%Y%m%d-%H%M%S}-{number & 0xffff:04x}", "reef_version": "0.1.0",
        "package": "digits-classifier", "version": "1.0.0", "action": "benchmark", "options": dict(options),
        "parameters": {"threads": threads}, "status": "ok", "reason": None, "exit": 0, "signal": None,
        "times": {"started": f"{started:%Y-%m-%dT%H:%M:%SZ}", "total": steady + 0.31, "resolve": 0.0041, "fetch": None,
                  "build": 2.4 if place % 5 == 0 else None, "load": 0.0123, "first_answer": values[-1] * 3e-9,
                  "warmup": 0.2, "steady": steady},
        "metrics": metrics(options, threads, values, rng), "scenario": "single-stream", "latency": summary(values),
        "host": {"os": "linux", "arch": "x86_64", "distribution": "debian 12", "libc": "glibc", "libc_version": "2.36",
                 "cpu_features": ["avx", "avx2", "fma", "sse4_2"], "numa_nodes": 1, "caches": [], "accelerators": [],
                 "virtualization": "none", **{name: value for name, value in host.items() if name != "speed"}},
        "conditions": conditions(rng),
        "toolchain": [{"name": compiler, "version": COMPILERS[options["compiler"]][0], "path": f"/usr/bin/{compiler}",
                       "real_path": f"/usr/bin/x86_64-linux-gnu-{compiler}-12", "digest": digest(compiler)}],
        "closure": packages,
        "commands": [{"argv": argv, "env": ["HOME", "LANG", "PATH", "REEF_METRICS", "REEF_OUTPUT"], "folder": "${work}",
                      "seconds": steady + 0.2, "exit": "exit status 0"}],
        "inputs": [{"path": "digits 1.0.0", "sha256": digest("digits"), "size": 270_109}], "outputs": [],
        "mapped": [{"path": "/usr/lib/x86_64-linux-gnu/libc.so.6", "sha256": digest("libc"), "size": 1_926_232}],
        "files": [], "lock_sha256": digest("lock", json.dumps(options)), "parent": None,
    }
    spoil(out, number)
    return out, values


def conditions(rng):
    load = round(rng.lognormvariate(-2.5, 1.2), 2)
    noisy = load > 0.4
    moment = {"load": load, "processors": 16, "governor": "performance", "turbo": True, "pressure_cpu": round(load / 20, 4)}
    findings = [{"severity": "noisy", "text": f"the load is {load}: other programs take processor time",
                 "remedy": "end what else runs, or wait"}]
    return {"grade": "noisy" if noisy else "quiet", "findings": findings if noisy else [], "before": moment,
            "after": moment, "energy": [{"counter": "package-0", "joules": None, "unavailable": "not readable by this user"}]}


def spoil(out, number):
    """One run in some dozens went wrong."""
    if number % 53 == 17:
        out.update(status="failed", reason="the program ended: exit status 1\nsee log.txt", exit=1, metrics={}, latency=None)
        out["commands"][0]["exit"] = "exit status 1"
    elif number % 71 == 29:
        out.update(status="invalid", reason="13 of 2,000 answers came out of order")
    elif number % 331 == 100:
        out.update(status="interrupted", reason="interrupted", metrics={}, latency=None)
    elif number % 50 == 31:
        out["metrics"]["accuracy"] = metric(None, "1", "higher", problem="the program reported NaN")


def make_hostile(out):
    """Markup and worse in every text of a record that its writer chooses."""
    out["package"] = MARKUP
    out["version"] = "1.0.0\u202e</script><script>document.title='owned'</script>"
    out["options"] = {MARKUP: MARKUP, "__proto__": "polluted", "constructor": "x", "engine": "native"}
    out["parameters"] = {"threads": MARKUP, "note": "'; rm -rf / #\n`id` $(id)", "deep": {"a": [1, None, MARKUP]}}
    out["status"], out["reason"] = "invalid", MARKUP
    out["metrics"][MARKUP] = metric(1e308, MARKUP, "lower", 1, -1e308, 1e308)
    out["metrics"]["__proto__"] = metric(1, "s", "lower")
    out["metrics"]["upside-down"] = metric(1, "s", "lower", 1, 5, -5)
    out["host"]["cpu_model"] = MARKUP
    out["commands"][0]["argv"] = [MARKUP, "</script>", "--x=$(id)", "it's"]
    out["toolchain"][0]["name"] = MARKUP
    out["scenario"] = MARKUP
    out["conditions"] = {MARKUP: MARKUP, "__proto__": {"polluted": True}}


def write_record(home, out, values):
    folder = os.path.join(home, "records", out["id"])
    os.makedirs(folder)
    if out["latency"]:
        data = samples_bin(random.Random(out["id"]).sample(values, len(values)))  # in no order
        out["files"] = [{"path": "samples.bin", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}]
        with open(os.path.join(folder, "samples.bin"), "wb") as file:
            file.write(data)
    with open(os.path.join(folder, "record.json"), "w", encoding="utf-8") as file:
        json.dump(out, file, indent=2, sort_keys=True, ensure_ascii=False)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("home")
    parser.add_argument("count", type=int)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    every = list(choices())
    samples = 400 if arguments.count <= 200 else 300
    for number in range(arguments.count):
        point, lap = divmod(number, arguments.repeat)
        options, threads = every[point % len(every)]
        out, values = record(number, options, threads, rng, samples)
        if arguments.repeat > 1:
            out["sweep"] = {"id": "sweep-0123456789ab", "point": point, "round": lap}
        if arguments.hostile and number % 7 == 3:
            make_hostile(out)
        write_record(arguments.home, out, values)


if __name__ == "__main__":
    main()
