#!/bin/bash
# setup.sh [build|demo|page|test|dev]: installs the Debian packages that are missing for that purpose (default: demo).
#
#   build  compile and run `reef`
#   demo   the same, and the engines that the demo measures
#   page   the same, and node and npm: the page of `reef dashboard`, ONNX Runtime (350 packages, most of a minute)
#   test   the same, and what the tests need
#   dev    the same, and the formatter, the linter and the debugger's friends
#
# This is the only list of packages. Where node and npm are there, the modules of the dashboard's page are fetched too, the
# versions and digests of dashboard/package-lock.json; without them `reef` is built without that page. Nothing else is
# ever downloaded while building. When nothing is missing it takes a few hundredths of a second. Without root it says
# which command to run.
set -euo pipefail

build=(g++ cmake ninja-build ccache pkg-config git ca-certificates libarchive-dev libcli11-dev
  libcpp-httplib-dev libcurl4-openssl-dev libexpected-dev libfmt-dev libhwloc-dev libsodium-dev libsqlite3-dev
  libssl-dev libyaml-cpp-dev libzstd-dev nlohmann-json3-dev zlib1g-dev)
demo=(libopenblas-dev libopencv-dnn-dev python3)
test=(apache2-utils catch2 chromium clang docker-registry libclang-rt-14-dev minisign openssl python3-jsonschema python3-yaml skopeo)
dev=(clang-format-14 clang-tidy-14 gcovr valgrind)

purpose=${1:-demo}
case $purpose in
  build) wanted=("${build[@]}") ;;
  demo | page) wanted=("${build[@]}" "${demo[@]}") ;;
  test) wanted=("${build[@]}" "${demo[@]}" "${test[@]}") ;;
  dev) wanted=("${build[@]}" "${demo[@]}" "${test[@]}" "${dev[@]}") ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
# Any node will do; Debian's is for hosts that have none.
case $purpose in
  page | test | dev)
    command -v node >/dev/null || wanted+=(nodejs)
    command -v npm >/dev/null || wanted+=(npm)
    ;;
esac

install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not a Debian: install what provides these yourself: ${wanted[*]}" >&2
    return
  fi
  local installed package
  installed=$(dpkg-query --show --showformat='${db:Status-Status}:${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  local missing=()
  for package in "${wanted[@]}"; do
    [[ $'\n'$installed$'\n' == *$'\n'"installed:$package"$'\n'* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    echo "setup: ${#missing[@]} packages are missing; as root, run" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi

  echo "setup: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt=(apt-get -o DPkg::Lock::Timeout=300 -o APT::Get::List-Cleanup=false -qq)
  local install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
  apt-get -qq -s install --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || update
  # The lists may name versions that the mirror no longer has: refresh them once.
  "${install[@]}" >/dev/null || { update && "${install[@]}" >/dev/null; }
}

# Another apt may be refreshing the lists at this moment: that lock has no time limit of its own.
update() {
  local try
  for try in 1 2 3 4 5 6; do
    "${apt[@]}" update && return
    sleep 10
  done
  echo "setup: \`apt-get update\` failed $try times" >&2
  return 1
}

# What the dashboard's page is built from, and for tests what drives a browser. Only what the lock names, by digest; no
# module's own script runs. Without a network the page is left out, and `reef` is built all the same.
fetch_modules() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then return 0; fi
  local kind=page omit=(--omit=dev)
  case $purpose in test | dev) kind=tests omit=() ;; esac
  local folder stamp
  folder=$(dirname "${BASH_SOURCE[0]}")/../dashboard
  stamp=$folder/node_modules/.reef-fetched
  # What is there for the tests does for the page.
  local fetched
  for fetched in "$kind" tests; do
    if printf '%s\n' "$fetched" | cat - "$folder/package-lock.json" | cmp -s - "$stamp"; then return 0; fi
  done
  echo "setup: fetching the dashboard's modules"
  if (cd "$folder" && npm ci "${omit[@]}" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null); then
    printf '%s\n' "$kind" | cat - "$folder/package-lock.json" >"$stamp"
  else
    rm -rf "$folder/node_modules"
    echo "setup: the dashboard's modules could not be fetched: reef is built without its page" >&2
  fi
}

install_packages
fetch_modules
