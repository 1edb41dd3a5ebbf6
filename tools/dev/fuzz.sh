# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# ./dev fuzz, and the short search of each target in ./dev test

fuzz() { # target, seconds, "thread" for ThreadSanitizer
    case ${3-} in
    '') folder=fuzz sanitizers=address,undefined search= ;;
    # Without counters of edges only comparisons tell of new paths: begin with what the others found.
    thread) folder=fuzz-thread sanitizers=thread search="-use_value_profile=1 -keep_seed=1 ../../fuzz/found/$1" ;;
    *) die "fuzz knows the sanitizer thread, and without it has those of addresses and undefined behaviour" ;;
    esac
    [ $# -ge 2 ] || die "fuzz needs a target of tests/fuzz and a number of seconds"
    [ -f "tests/fuzz/fuzz_$1.c" ] || die "there is no tests/fuzz/fuzz_$1.c"
    configure_fuzz "$folder" "$sanitizers" "tests/fuzz/fuzz_$1"
    mkdir -p "build/$folder/found" "build/fuzz/found/$1"
    cd "build/$folder/found" # where it leaves an input that fails
    # shellcheck disable=SC2086
    exec ../../../tests/fuzz/run.py "$PWD/../tests/fuzz/fuzz_$1" ../../../tests/fuzz/corpus/"$1" \
        ../../../tests/fuzz/fuzz.dict "$2" "$1" $search
}

fuzz_all() {
    say "building and running the fuzz targets in build/fuzz"
    if ! configure_fuzz fuzz address,undefined fuzz; then
        add 0 1
        return 0
    fi
    run_suite fuzz --suite fuzz
}
