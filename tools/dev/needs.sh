# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The packages that each command needs, and their installation.

# One package a line: its name in Debian, and how to find its content on any system.
needed_to_build='
gcc               command cc
libc6-dev         header  stdio.h
meson             command meson
ninja-build       command ninja
pkg-config        command pkg-config
libjansson-dev    module  jansson
libxxhash-dev     module  libxxhash
'
needed_to_demo='
gnuplot-nox       command gnuplot
'
needed_to_bench='
g++               command c++
python3-venv      command python3
util-linux        command taskset
'
# PyTorch 1.13, for which the targets were set, and OpenBLAS, with which lstmts-products compares our
# products, are optional: without them the comparison lists them as missing.
wanted_to_bench='
python3-torch     python3 torch
libopenblas-dev   module  openblas
'
needed_to_fuzz='
clang             command clang
libclang-rt-dev   fuzzer  none
'
needed_to_lint='
clang-tidy        command clang-tidy
cppcheck          command cppcheck
'
needed_to_accept='
abigail-tools     command abidiff
binutils          command readelf
'
needed_to_cover='
gcovr             command gcovr
'
needed_to_test='
g++               command c++
libcmocka-dev     module  cmocka
libcsv-dev        header  csv.h
zlib1g-dev        module  zlib
librandom123-dev  header  Random123/philox.h
libopenblas-dev   module  openblas
libblas-dev       module  blas-netlib
valgrind          command valgrind
doxygen           command doxygen
mandoc            command mandoc
locales           file    /usr/share/i18n/locales/de_DE
zsh               command zsh
fish              command fish
util-linux        command setarch
'
# Programs for other machines.
needed_for_aarch64='
gcc-aarch64-linux-gnu  command aarch64-linux-gnu-gcc
libc6-dev-arm64-cross  cross   aarch64-linux-gnu-gcc
qemu-user              command qemu-aarch64
'
needed_for_armhf='
gcc-arm-linux-gnueabihf  command arm-linux-gnueabihf-gcc
libc6-dev-armhf-cross    cross   arm-linux-gnueabihf-gcc
qemu-user                command qemu-arm
'
needed_for_i386='
gcc-i686-linux-gnu    command i686-linux-gnu-gcc
libc6-dev-i386-cross  cross   i686-linux-gnu-gcc
qemu-user             command qemu-i386
'
needed_for_s390x='
gcc-s390x-linux-gnu    command s390x-linux-gnu-gcc
libc6-dev-s390x-cross  cross   s390x-linux-gnu-gcc
qemu-user              command qemu-s390x
'

present() { # package kind name
    if command -v dpkg-query >/dev/null &&
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; then
        return 0
    fi
    case $2 in
    command) command -v "$3" >/dev/null ;;
    module) command -v pkg-config >/dev/null && pkg-config --exists "$3" ;;
    python3) command -v python3 >/dev/null && python3 -c "import $3" 2>/dev/null ;;
    file) [ -e "$3" ] ;;
    header) command -v cc >/dev/null && echo "#include <$3>" | cc -E - >/dev/null 2>&1 ;;
    fuzzer) echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address -x c - -o /dev/null >/dev/null 2>&1 ;;
    cross) echo "#include <stdio.h>" | "$3" -E - >/dev/null 2>&1 ;;
    esac
}

missing() { # list of needs
    echo "$1" | while read -r package kind name; do
        [ -z "$package" ] || present "$package" "$kind" "$name" || printf ' %s' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*"
    fi
}

require() { # list of needs
    packages=$(missing "$1")
    [ -n "$packages" ] || return 0
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        die "please install these packages, by their names in Debian:$packages"
    fi
    say "installing through apt-get:$packages"
    as_root apt-get update -q || die "apt-get update failed; these are missing:$packages"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $packages ||
        die "apt-get could not install:$packages"
}
