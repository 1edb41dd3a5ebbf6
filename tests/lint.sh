#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy (.clang-tidy) and cppcheck (tests/cppcheck.suppressions) over the library and tools/: lint.sh BUILD [deep]
# BUILD is a configured build folder. Unless deep, clang-tidy follows fewer paths, in a quarter of the time. The
# counts at the end are in CMocka's format.
set -u
build=$1
root=$(cd "$(dirname "$0")/.." && pwd) || exit 2
depth='--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=mode=shallow'
[ "${2-}" != deep ] || depth=
passed=0
failed=0

verdict() { # name, exit status
    if [ "$2" = 0 ]; then
        echo "[       OK ] $1"
        passed=$((passed + 1))
    else
        echo "[  FAILED  ] $1"
        failed=$((failed + 1))
    fi
}

# The files that this build compiles, so without kernels for other processors; in float alone, and with
# its macros alone: with all combinations cppcheck takes ten times as long. On standard error, clang-tidy
# counts suppressed warnings.
python3 -B "$root/tests/lint_sources.py" "$build" "$build/lint" >"$build/lint.txt" &&
    # shellcheck disable=SC2086
    xargs -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build/lint" \
        --extra-arg=-Wno-ignored-optimization-argument $depth <"$build/lint.txt" 2>"$build/clang-tidy.txt"
verdict clang-tidy $?

cppcheck --quiet --enable=warning,performance,portability --inconclusive --error-exitcode=1 -j "$(nproc)" \
    --suppressions-list="$root/tests/cppcheck.suppressions" --project="$build/lint/compile_commands.json"
verdict cppcheck $?

echo "[  PASSED  ] $passed test(s)."
if [ "$failed" -gt 0 ]; then
    echo "[  FAILED  ] $failed test(s)"
    exit 1
fi
