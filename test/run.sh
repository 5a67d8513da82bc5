#!/usr/bin/env bash
# All tiers of tests and all checks of the sources. Sets up by itself on a fresh Debian 12; the last
# line is "N passed, N failed", and ", N skipped" when there are any.
#
# A tier that cannot be built counts as one failure, and the others run all the same.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

passed=0 failed=0 skipped=0 linting=
reports=$(mktemp -d)
trap '[[ -z $linting ]] || kill "$linting" 2>/dev/null; rm -rf "$reports"' EXIT

heading() {
  printf '\n== %s\n' "$*"
}

check() { # name command…: counts as one test
  heading "$1"
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $1"
  fi
}

formatted() {
  git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format --dry-run --Werror
}

built() { # preset [target]
  cmake --preset "$1" >/dev/null && cmake --build --preset "$1" ${2:+--target "$2"}
}

# Each header alone, the other compiler and clang-tidy take minutes of computing, and the tiers 5 and
# 6 mostly wait: so they run beside those, with what those leave of the machine.
start_linting() {
  nice -n 19 bash -c 'cmake --build --preset dev --target all_verify_interface_header_sets &&
    cmake --preset tidy && cmake --build --preset tidy' >"$reports/lint" 2>&1 &
  linting=$!
}

linted() {
  wait "$linting" || { grep -E '(error|warning):' "$reports/lint" || tail -n 40 "$reports/lint"; return 1; }
}

# The sums of a JUnit file: "tests failures skipped".
junit_sums() {
  python3 - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

suite = tree.parse(sys.argv[1]).getroot()
print(*(int(suite.get(name, 0)) for name in ("tests", "failures")),
      int(suite.get("skipped", 0)) + int(suite.get("disabled", 0)))
PYTHON
}

tiers_one_to_four() {
  heading "tiers 1, 2 and 4"
  local junit=$reports/ctest.xml ended=0 total bad left_out
  ctest --preset dev --parallel "$(nproc)" --output-junit "$junit" || ended=$?
  read -r total bad left_out < <(junit_sums "$junit")
  passed=$((passed + ${total:-0} - ${bad:-0} - ${left_out:-0})) failed=$((failed + ${bad:-0}))
  skipped=$((skipped + ${left_out:-0}))
  # A test that was never built counts as skipped in the file, and a run without tests as none.
  if [[ ${total:-0} -eq 0 || ($ended -ne 0 && ${bad:-0} -eq 0) ]]; then
    check "every test was run" false
  fi
}

# A suite whose last line is its sums, as run.sh's is.
suite() { # heading command…
  heading "$1"
  local line numbers
  "${@:2}" | tee "$reports/suite"
  line=$(tail -n 1 "$reports/suite")
  if [[ ! $line =~ ^[0-9]+\ passed,\ [0-9]+\ failed ]]; then
    check "the suite ran to its end" false
    return
  fi
  read -r -a numbers <<<"${line//[^0-9]/ }"
  passed=$((passed + numbers[0])) failed=$((failed + numbers[1]))
  skipped=$((skipped + ${numbers[2]:-0}))
}

# Fixed seeds, so that a failure is this change's. A place that none of them came to is one too.
faulty_histories() {
  build/dev/bitcoin-controller-sim --coverage --runs 200 --seed 1 --quiet
}

test/setup.sh test || exit 1
check "sources are formatted" formatted
check "everything is built, with assertions" built dev
tiers_one_to_four
check "tier 3: faulty histories of the real actors" faulty_histories
suite "conformance of the simulated cluster" test/conformance/run --cluster sim
check "the release is built" built release
start_linting
suite "tier 5, on a real control plane" test/cluster/run
suite "tier 6, real bitcoind on the simulated cluster" test/bitcoin/run --cluster sim
suite "tier 6, real bitcoind on a real control plane" test/bitcoin/run --cluster real
check "each header stands alone, clang and clang-tidy find nothing" linted

heading "sum"
echo "$passed passed, $failed failed$([[ $skipped -eq 0 ]] || echo ", $skipped skipped")"
[[ $failed -eq 0 ]]
