#!/bin/bash
# test.sh [CTEST OPTION...]: every test, from a fresh clone: installs what is missing, builds, runs.
#
# One run of ctest closes it: the tests of build/test, and the unit tests again under the address and
# undefined-behaviour sanitizers (build/asan). The thread sanitizer has its turn in scripts/check.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

step "packages of this host" scripts/setup.sh test
step "building with warnings as errors" build_preset test
step "building with the address sanitizer" build_preset asan unit_tests

mkdir -p build/all
printf 'subdirs("%s")\n' "$PWD/build/test" "$PWD/build/asan" >build/all/CTestTestfile.cmake
exec ctest --test-dir build/all -j "$(nproc)" --output-on-failure --timeout 600 --no-tests=error "$@"
