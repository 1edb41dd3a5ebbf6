# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Test programs run and counted. Every check ends in counts, which ./dev test adds up.

passed=0
failed=0
left_out=0
reasons=
notes=
seconds=

add() { # passed, failed, programs left out and why, with _ for blanks
    passed=$((passed + $1))
    failed=$((failed + $2))
    left_out=$((left_out + ${3-0}))
    reasons=${4-$reasons}
}

# The tests that a run leaves out are listed at its end.
note() { # what, and why
    say "left out: $1"
    notes="${notes}left out: $1
"
}

# Builds one configuration; a build that fails counts as one failed test.
try_to_build() { # configuration, options of meson setup
    say "building build/$1"
    if configure "$@" && ninja -C "build/$1"; then
        return 0
    fi
    say "build/$1 does not build"
    add 0 1
    return 1
}

# Builds one configuration and runs all its tests.
suite() { # configuration, options of meson setup
    try_to_build "$@" || return 0
    say "testing build/$1"
    run_suite "$1"
}

launcher=  # of meson, unless empty
patience=1 # multiplies the time limits of tests

run_suite() { # configuration, options of meson test
    configuration=$1
    shift
    log=build/$configuration/meson-logs/testlog.json
    rm -f "$log"
    ended=0
    $launcher meson test -C "build/$configuration" --no-rebuild --print-errorlogs \
        --timeout-multiplier "$patience" "$@" || ended=$?
    # shellcheck disable=SC2046
    set -- $(python3 -B tests/packaging/count.py "$log" || echo 0 1)
    [ "$ended" = 0 ] || [ "$2" != 0 ] || set -- "$1" 1
    add "$@"
}

# Runs a script that ends with its counts in CMocka's format.
counted() { # name of the report, command
    reported "$@"
    count_report "$1"
}

# Its two steps, for scripts that run side by side.
reported() { # name of the report, command
    report=build/$1.txt
    shift
    "$@" >"$report" 2>&1 || true
}

count_report() { # name of the report
    report=build/$1.txt
    cat "$report"
    # shellcheck disable=SC2046
    set -- $(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$report") \
        $(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$report")
    if [ $# = 0 ]; then
        add 0 1
    else
        add "$1" "${2:-0}"
    fi
}

# Runs a phase of the tests and notes how long it took.
phase() { # name, command
    name=$1
    shift
    began=$(date +%s)
    "$@"
    seconds="$seconds, $name $(($(date +%s) - began))"
}

# The end of every run: its last line is the sum. Fails unless all has passed.
report() {
    printf '\nseconds: %s\n%s' "${seconds#, }" "$notes"
    printf '\n%d passed, %d failed' "$passed" "$failed"
    [ "$left_out" = 0 ] ||
        printf ', %d programs left out: %s' "$left_out" "$(echo "$reasons" | tr _ ' ')"
    echo
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
