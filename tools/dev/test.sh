# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# ./dev test: the phases, in order.

as_users_have_it() {
    suite default -Dwerror=true -Dbench=true -Dcuda=disabled --prefix="$PWD/build/installed"
    note "CUDA devices, whose companion ./dev portable builds; their twin was tested"
    [ ! -f build/default/build.ninja ] || packaging
}

# An installed copy, builds with other dependencies, and the public interface. Each script uses one
# core, so two run side by side; not beside the first, which for a moment installs a copy for all.
packaging() {
    say "testing an installed copy in build/installed, and builds with each BLAS"
    if ! install_copy; then
        add 0 1
        return 0
    fi
    reported installed python3 -B tests/packaging/test_installed.py . build/installed
    {
        reported dependencies python3 -B tests/packaging/test_dependencies.py .
        reported blas python3 -B tests/packaging/test_blas.py .
    } &
    reported readme python3 -B tests/packaging/test_readme.py .
    reported abi python3 -B tests/packaging/abi.py check . build/installed
    wait
    for script in installed readme dependencies blas abi; do
        count_report "$script"
    done
}

analysis() {
    [ -f build/default/build.ninja ] || return 0
    say "clang-tidy and cppcheck"
    counted lint tests/lint.sh build/default
}

# The set cblas once more, with the reference BLAS under the name that the default build opens. With its
# own name tests/kernels tests it.
reference_blas() {
    [ -f build/default/build.ninja ] || return 0
    say "testing build/default with the reference BLAS"
    reference=/usr/lib/$(cc -print-multiarch)/blas/libblas.so.3
    if [ ! -f "$reference" ]; then
        note "the reference BLAS, which is not at $reference"
        return 0
    fi
    mkdir -p build/netlib
    ln -sf "$reference" build/netlib/libopenblas.so.0
    launcher="env LD_LIBRARY_PATH=$PWD/build/netlib"
    # shellcheck disable=SC2086
    counted netlib $launcher build/default/tests/kernels/test_blas "$PWD/build/netlib"
    run_suite default kernels_products kernels_products_double
    run_suite default --suite engine-cblas
    launcher=
}

# With sanitizers gcc takes twice the time at -O3, and the tests hardly less. The examples would
# train for a minute, and call what the tests call; the suite packaging looks at the same sources again.
sanitized() {
    # shellcheck disable=SC2086
    try_to_build sanitize -Dwerror=true -Db_sanitize=address,undefined -Dcuda=disabled \
        -Doptimization=1 -Dexamples=false $with_lines || return 0
    say "testing build/sanitize"
    run_suite sanitize --no-suite packaging
}

# Data races. ThreadSanitizer is slow, so only the tests that use threads run under it.
races() {
    programs='pool threads concurrency host same_bits'
    say "building build/tsan"
    # shellcheck disable=SC2046
    if ! configure tsan -Dwerror=true -Db_sanitize=thread -Dcuda=disabled -Doptimization=1 -Dexamples=false $with_lines ||
        ! ninja -C build/tsan $(printf 'tests/test_%s ' $programs); then
        say "build/tsan does not build"
        add 0 1
        return 0
    fi
    say "testing build/tsan"
    # ThreadSanitizer of GCC 12 cannot map its shadow memory under strong address randomization.
    if setarch -R true 2>/dev/null; then
        launcher='setarch -R'
    fi
    # shellcheck disable=SC2086
    run_suite tsan $programs
    launcher=
}

# The warnings of clang, without code. What clang makes is run by the fuzz targets. It is last, since CC
# stays set.
other_compiler() {
    if ! command -v clang >/dev/null; then
        note "the warnings of clang, which is not here"
        return 0
    fi
    export CC=clang CXX=clang++
    say "clang's warnings"
    if ! configure clang -Dwerror=true -Dcuda=disabled -Dbench=true -Doptimization=0 -Ddebug=false; then
        add 0 1
        return 0
    fi
    counted clang python3 -B tests/syntax.py build/clang
}

test_here() {
    require "$needed_to_build$needed_to_demo$needed_to_test$needed_to_fuzz$needed_to_lint$needed_to_accept"
    patience=5 # machines are shared
    phase default as_users_have_it
    phase lint analysis
    phase netlib reference_blas
    phase sanitize sanitized
    phase tsan races
    phase fuzz fuzz_all
    phase clang other_compiler
}
