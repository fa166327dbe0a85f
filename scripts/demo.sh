#!/bin/bash
# demo.sh: from a fresh clone to a table of real results: installs what is missing, builds, measures.
#
# Everything it makes lies below build/; remove that folder to start over. The second time takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

demo() {
  local reef=$PWD/build/release/bin/reef stack
  export REEF_HOME=$PWD/build/demo
  for stack in engine=native,model=mlp-64 engine=openblas,model=mlp-64 engine=native,model=cnn-m \
    engine=openblas,model=cnn-m engine=opencv,model=cnn-m engine=onnxruntime,model=cnn-m \
    engine=openblas,model=cnn-l engine=onnxruntime,model=cnn-l; do
    echo "measuring $stack" >&2
    "$reef" run benchmark digits-classifier --with "$stack" --quiet >/dev/null
  done
  echo
  "$reef" pareto digits-classifier --x latency --y accuracy --show model_size,throughput
}

step "packages of this host" scripts/setup.sh demo
step "building reef" build_preset release reef
demo
