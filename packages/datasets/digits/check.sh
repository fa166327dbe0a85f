#!/usr/bin/env bash
# check.sh FOLDER WORK: the data set in FOLDER is whole, and its split is the one that make_heldout.awk writes.
set -euo pipefail
folder=$1
work=$2

awk -F, '
  NF != 65 { print "row " NR - 1 ": " NF " values, expected 65"; bad = 1 }
  { for (i = 1; i <= 64; i++) if ($i !~ /^[0-9]+$/ || $i > 16) { print "row " NR - 1 ": pixel " $i; bad = 1 } }
  $65 !~ /^[0-9]$/ { print "row " NR - 1 ": label " $65; bad = 1 }
  END { if (NR != 1797) { print NR " rows, expected 1797"; bad = 1 } exit bad }
' "$folder/digits.csv"

awk -f "$folder/make_heldout.awk" > "$work/heldout.expected"
cmp "$work/heldout.expected" "$folder/heldout.txt"
echo "1797 rows, 500 of them held out"
