# Writes heldout.txt: the rows of digits.csv that are held out of training, one zero-based index per line.
#
#   awk -f make_heldout.awk > heldout.txt
#
# A Fisher-Yates shuffle of 0..1796; its first 500 entries are held out, in shuffled order. The random numbers
# are the "minimal standard" generator x' = 16807 x mod (2^31 - 1) (Park and Miller, CACM 31(10), 1988) from
# seed 1: every product stays below 2^53, so any awk computes the same. The modulo leaves a bias below 1e-6.
# Seed and size were fixed before any model was trained.

BEGIN {
  rows = 1797
  held_out = 500
  state = 1
  for (i = 0; i < rows; i++) order[i] = i
  for (i = rows - 1; i > 0; i--) {
    state = (16807 * state) % 2147483647
    j = state % (i + 1)
    kept = order[i]
    order[i] = order[j]
    order[j] = kept
  }
  for (i = 0; i < held_out; i++) print order[i]
}
