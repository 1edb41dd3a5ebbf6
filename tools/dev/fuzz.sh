# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# ./dev fuzz, and the short search of each target in ./dev test

fuzz() { # target, seconds
    [ $# = 2 ] || die "fuzz needs a target of tests/fuzz and a number of seconds"
    [ -f "tests/fuzz/fuzz_$1.c" ] || die "there is no tests/fuzz/fuzz_$1.c"
    configure_fuzz
    mkdir -p build/fuzz/found
    cd build/fuzz/found # where it leaves an input that fails
    exec ../../../tests/fuzz/run.py "$PWD/../tests/fuzz/fuzz_$1" ../../../tests/fuzz/corpus/"$1" \
        ../../../tests/fuzz/fuzz.dict "$2" "$1"
}

fuzz_all() {
    say "building and running the fuzz targets in build/fuzz"
    if ! configure_fuzz; then
        add 0 1
        return 0
    fi
    run_suite fuzz --suite fuzz
}
