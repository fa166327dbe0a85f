#!/bin/bash
# check.sh: everything a change must pass before it is committed: format, rules, and all that scripts/test.sh does.
#
# A host without clang-format skips that step and says so. CTest options may follow: `check.sh -R store`.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

step "format" check_format
step "rules" scripts/check_rules.py
exec scripts/test.sh "$@"
