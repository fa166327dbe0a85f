import json
import os
import statistics

with open("numbers.csv") as file:
    numbers = [float(line) for line in file]
summary = {"n": len(numbers), "mean": statistics.mean(numbers), "deviation": statistics.stdev(numbers)}
with open("summary.json", "w") as file:
    json.dump(summary, file)
with open(os.environ["REEF_METRICS"], "w") as file:  # numbers that end in the record
    json.dump({"mean": summary["mean"], "deviation": summary["deviation"]}, file)
