# count.sh DATASET: how many of the 500 held-out digits are of each class.
set -euo pipefail
awk -F, 'NR == FNR {held[$1]; next} (FNR - 1) in held {count[$NF]++; all++}
  END {for (digit = 0; digit < 10; digit++) print digit ": " count[digit]; if (all != 500) {print "expected 500, got " all; exit 1}}' \
  "$1/heldout.txt" "$1/digits.csv"
