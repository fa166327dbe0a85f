import random
import sys

count, seed = map(int, sys.argv[1:])
random.seed(seed)
with open("numbers.csv", "w") as file:
    for _ in range(count):
        file.write(f"{random.gauss(10, 2)}\n")
