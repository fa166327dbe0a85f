#!/bin/bash
# demo.sh: from a fresh clone to a table of real results: installs what is missing, builds, measures.
#
# Everything it makes lies below build/; remove that folder to start over. The second time takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

reef=$PWD/build/release/bin/reef
export REEF_HOME=$PWD/build/demo
stacks=(engine=native,model=mlp-64 engine=openblas,model=mlp-64 engine=native,model=cnn-m engine=openblas,model=cnn-m
  engine=opencv,model=cnn-m)

# What only the engines need is installed while reef is built: a minute less from nothing. The compiler steps aside, for
# unpacking takes one processor and should not be what is waited for.
install_and_build() {
  [ "$(id -u)" = 0 ] || scripts/setup.sh demo
  step "packages to build with" scripts/setup.sh build
  mkdir -p build
  scripts/setup.sh demo >build/setup.log 2>&1 &
  step "building reef" nice_build release reef
  step "packages to measure with" wait $! || { cat build/setup.log >&2; return 1; }
}

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null
}

# Debian's npm is 350 packages, a minute of one processor: where node and npm are they are used, nobody is made to wait for them.
use_node() {
  has_node || return 0
  step "building the dashboard's page" build_preset release reef
  stacks+=(engine=onnxruntime,model=cnn-m)
}

nice_build() {
  (renice -n 10 "$BASHPID" >/dev/null; build_preset "$@")
}

# Networks are trained and servers compiled several at a time, measured one at a time.
train_and_compile() {
  local stack building=()
  for stack in "${stacks[@]}"; do
    "$reef" install digits-classifier --with "$stack" --quiet >/dev/null &
    building+=($!)
  done
  local status=0 each
  for each in "${building[@]}"; do wait "$each" || status=$?; done
  return $status
}

measure() {
  local stack
  for stack in "${stacks[@]}"; do
    echo "measuring $stack" >&2
    "$reef" run benchmark digits-classifier --with "$stack" --quiet >/dev/null
  done
}

install_and_build
use_node
step "training the networks, compiling their servers" train_and_compile
measure
echo
"$reef" pareto digits-classifier --x latency --y accuracy --show model_size,throughput
has_node || echo $'\nWith node and npm also ONNX Runtime, and the page of `reef dashboard`: scripts/setup.sh page, then this once more.'
