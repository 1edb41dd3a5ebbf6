# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Build folders: build/NAME, each with the options of meson setup that it always has.

configure() { # configuration, options of meson setup
    folder=build/$1
    shift
    if [ -f "$folder/build.ninja" ]; then
        meson setup --reconfigure "$folder" "$@"
    else
        meson setup "$folder" "$@"
    fi
}

configure_default() {
    configure default -Dwerror=true --prefix="$PWD/build/installed"
}

build() {
    require "$needed_to_build$needed_to_test"
    configure_default
    ninja -C build/default
}

# For builds whose reports name functions and lines: C compiles in a quarter less time than with the names
# of local variables, C++ in half.
with_lines='-Dc_args=-g1 -Dcpp_args=-g1'

install_copy() {
    rm -rf build/installed
    meson install -C build/default --no-rebuild --quiet
}

configure_fuzz() { # folder, sanitizers, targets of ninja
    require "$needed_to_build$needed_to_test$needed_to_fuzz"
    (
        export CC=clang
        # shellcheck disable=SC2086
        configure "$1" $with_lines -Dwerror=true -Dfuzz=true -Dcuda=disabled -Doptimization=1 -Dexamples=false \
            -Db_sanitize="$2" -Db_lundef=false
    ) && ninja -C "build/$1" "$3"
}

build_bench() { # targets of ninja
    say "building build/bench"
    configure bench --buildtype=release -Dtests=false -Dexamples=false -Dbench=true
    ninja -C build/bench "$@"
}

configure_demo() {
    configure demo --buildtype=release -Dcuda=disabled -Dtests=false -Dtools=disabled -Dexamples=true &&
        ninja -C build/demo
}

build_demo() {
    require "$needed_to_build$needed_to_demo"
    say "building build/demo: a minute or two the first time"
    mkdir -p build
    configure_demo >build/demo.log 2>&1 || {
        cat build/demo.log >&2
        die "build/demo could not be built"
    }
}
