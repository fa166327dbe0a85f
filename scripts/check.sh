#!/bin/bash
# check.sh: everything a change must pass before it is committed: format, rules, build, tests, sanitized tests (those
# with threads under the thread sanitizer too).
#
# A host without clang-format skips that step and says so. CTest options may follow: `check.sh -R store`.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

step "format" check_format
step "rules" scripts/check_rules.py
step "building with the thread sanitizer" build_preset tsan unit_tests
step "tests under the thread sanitizer" ctest --test-dir build/tsan -j "$(nproc)" --output-on-failure --timeout 600
exec scripts/test.sh "$@"
