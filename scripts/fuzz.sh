#!/bin/bash
# fuzz.sh [--no-build] SECONDS [NAME]...: builds the fuzz targets with clang and runs each (or those named) for that long.
#
# What is found lies in build/asan/found/, what was learnt in build/asan/corpus/; both are used again the next time. The
# manifests and bad files of this repository are the first examples.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh
build=yes
[ "${1:-}" != --no-build ] || { build=no; shift; }
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
seconds=$1
shift

[ $build = no ] || step "building the fuzz targets" build_preset asan fuzzers
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(cd build/asan/tests/fuzz && printf '%s\n' fuzz_* | sed 's/^fuzz_//')

status=0
for name in "${names[@]}"; do
  corpus=build/asan/corpus/$name
  mkdir -p "$corpus" build/asan/found
  examples=(tests/data packages examples schemas)
  [ -d "tests/fuzz/examples/$name" ] && examples=("tests/fuzz/examples/$name")
  existing=()
  for folder in "${examples[@]}"; do [ ! -d "$folder" ] || existing+=("$folder"); done
  echo "== $name, $seconds s" >&2
  "build/asan/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -max_len=16384 \
    -artifact_prefix="build/asan/found/$name-" -verbosity=0 -print_funcs=0 "$corpus" "${existing[@]}" || status=1
done
exit $status
