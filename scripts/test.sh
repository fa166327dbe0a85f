#!/bin/bash
# test.sh [CTEST OPTION...]: every test, from a fresh clone: installs what is missing, builds, runs.
#
# One run of ctest closes it: the tests of build/test, the unit tests again under the address and undefined-behaviour
# sanitizers with each fuzzer for some seconds (build/asan), and of layers with threads under the thread sanitizer
# (build/tsan).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

step "packages of this host" scripts/setup.sh test
step "building with warnings as errors" build_preset test
step "building with the address sanitizer" build_preset asan unit_tests fuzzers
step "building with the thread sanitizer" build_preset tsan unit_tests

mkdir -p build/all
for preset in test asan tsan; do printf 'subdirs("%s")\n' "$PWD/build/$preset"; done >build/all/CTestTestfile.cmake
# One more than processors: many tests wait for a server, a lock or a time limit.
exec ctest --test-dir build/all -j "$(($(nproc) + 1))" --output-on-failure --timeout 600 --no-tests=error "$@"
