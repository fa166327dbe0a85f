#!/usr/bin/env bash
# check.sh FILE: every row has two numbers that mean the same temperature.
set -euo pipefail

awk -F, '
  NR == 1 { next }
  NF != 2 { print "row " NR ": " NF " values, expected 2"; bad = 1; next }
  { difference = $1 * 9 / 5 + 32 - $2 }
  difference > 0.05 || difference < -0.05 { print "row " NR ": " $1 " C is not " $2 " F"; bad = 1 }
  END { if (bad) exit 1; print NR - 1 " rows are right" }
' "$1"
