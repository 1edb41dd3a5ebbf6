# SPDX-License-Identifier: MIT
# Begins a test of the built examples, in a folder that is removed afterwards: . examples_check.sh BUILD_DIR
if [ $# != 1 ]; then
    echo "usage: $0 BUILD_DIR" >&2
    exit 2
fi
project=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd) || exit 2
examples=$build/examples
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2

passed=0
failed=0

check() { # what is true, command that tests it
    what=$1
    shift
    if "$@"; then
        printf '[       OK ] %s\n' "$what"
        passed=$((passed + 1))
    else
        printf '[  FAILED  ] %s\n' "$what"
        failed=$((failed + 1))
    fi
}

same() { # expected, found
    [ "$1" = "$2" ] || {
        printf 'expected: %s\nfound:    %s\n' "$1" "$2"
        return 1
    }
}

contains() { # file, extended regular expression
    grep -Eq -e "$2" "$1" || {
        printf 'no line like "%s" in:\n' "$2"
        cat "$1"
        return 1
    }
}

is_empty() { # file
    [ ! -s "$1" ] || {
        cat "$1"
        return 1
    }
}

section() {
    printf '%s\n' "-- $*"
}

# Exits with 1 if a check failed.
summary() {
    printf '[  PASSED  ] %d test(s).\n' $passed
    [ $failed = 0 ] && exit 0
    printf '[  FAILED  ] %d test(s)\n' $failed
    exit 1
}
