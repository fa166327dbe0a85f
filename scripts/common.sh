# common.sh: what the scripts of this folder share. Sourced, with the top of the repository as the current folder.

# A build from nothing has no use for being preprocessed twice: ccache reads the compiler's own list of headers.
export CCACHE_DEPEND=1

# step NAME COMMAND...: runs it, says on stderr how long it took; its failure ends the script (set -e).
step() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name" >&2
  "$@"
  echo "== $name: $((SECONDS - start)) s" >&2
}

# build_preset PRESET TARGET...: configures build/PRESET once, then builds; quiet unless it fails.
build_preset() {
  local preset=$1 folder=build/$1
  shift
  if [ ! -e "$folder/build.ninja" ]; then
    mkdir -p "$folder"
    cmake --preset "$preset" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2; return 1; }
  fi
  # ninja's own status line on a terminal, its last line elsewhere
  if [ -t 1 ]; then
    ninja -C "$folder" -j "$(jobs_here)" "$@"
  else
    ninja -C "$folder" -j "$(jobs_here)" --quiet "$@"
  fi
}

# As many jobs as processors, but no more than memory allows: a compiler takes up to 1.5 GB here.
jobs_here() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  echo $((memory < 1 ? 1 : memory < processors ? memory : processors))
}

# check_format FILE...: fails when clang-format would change one of them (default: every C++ file of ours).
check_format() {
  if ! command -v clang-format-14 >/dev/null; then
    echo "clang-format-14 is not here: the format is not checked" >&2
    return 0
  fi
  if [ $# -gt 0 ]; then
    clang-format-14 --dry-run --Werror "$@"
  else
    git ls-files -z -- '*.cpp' '*.h' ':!tests/data' | xargs -0 -r clang-format-14 --dry-run --Werror
  fi
}
