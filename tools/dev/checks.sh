# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Single checks: ./dev lint, ./dev abi, ./dev coverage, ./dev kill, ./dev format

lint() {
    require "$needed_to_build$needed_to_test$needed_to_lint"
    [ -f build/default/build.ninja ] || configure_default
    tests/lint.sh build/default deep
}

abi() { # check or accept
    require "$needed_to_accept"
    build
    install_copy
    python3 -B tests/packaging/abi.py "$1" . build/installed
}

coverage() {
    require "$needed_to_build$needed_to_demo$needed_to_test$needed_to_cover"
    # atomic: threads that count at the same time give counts that gcov rejects
    configure coverage -Db_coverage=true -Dcuda=disabled -Doptimization=0 -Dexamples=false \
        -Dc_args=-fprofile-update=atomic
    find build/coverage -name '*.gcda' -delete
    ninja -C build/coverage
    # without the optimizer there is no hardening to test
    meson test -C build/coverage --no-rebuild --no-suite packaging --timeout-multiplier 10 \
        --print-errorlogs
    tests/coverage.sh build/coverage
}

# ./dev test kills fewer times: a thousand take a minute.
kill_often() { # number
    case $1 in
    '' | *[!0-9]* | 0*) die "kill needs a number of kills, from 1" ;;
    esac
    require "$needed_to_build$needed_to_test"
    configure_default
    ninja -C build/default tests/test_kill
    exec build/default/tests/test_kill "$1"
}

format() {
    git ls-files -z '*.c' '*.h' '*.hpp' '*.cpp' | xargs -0 clang-format -i
}
