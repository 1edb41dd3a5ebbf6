# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# ./dev portable: the engine on other kinds of machines, by cross compilers and emulators, and the
# companion for CUDA devices.

on_machine() { # name of a file in tests/portable, needs
    packages=$(missing "$2")
    if [ -n "$packages" ] && ! command -v apt-get >/dev/null; then
        note "the engine on $1; missing packages, by Debian's names:$packages"
        return 0
    fi
    if ! (require "$2"); then
        say "the engine on $1 cannot be tested"
        add 0 1
        return 0
    fi
    suite "$1" tests/portable --cross-file "tests/portable/$1.ini"
}

# The companion, where nvcc is, and the device, where there is one. `./dev test` has tested the twin.
cuda_devices() {
    say "building the companion for CUDA devices in build/default"
    if ! configure default -Dwerror=true -Dcuda=auto; then
        add 0 1
        return 0
    fi
    companion=$(ninja -C build/default -t targets all |
        sed -n 's/^\(cuda\/liblstmts-cuda\.so\.[0-9.]*\): .*/\1/p')
    if [ -z "$companion" ]; then
        note "CUDA devices (no nvcc here that compiles cuda/*.cu, or no cuBLAS); their twin was tested"
    elif ! ninja -C build/default "$companion" tests/device/check_device; then
        say "liblstmts-cuda does not build"
        add 0 1
    elif ! nvidia-smi -L >/dev/null 2>&1; then
        note "CUDA devices (no GPU here); the companion was built and its twin tested"
        add 1 0
    elif LD_LIBRARY_PATH="build/default/cuda${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" \
        LSTMTS_GOLDEN="$PWD/tests/golden" build/default/tests/device/check_device cuda; then
        add 1 0
    else
        add 0 1
    fi
}

test_elsewhere() {
    require "$needed_to_build$needed_to_test"
    patience=5
    phase aarch64 on_machine aarch64 "$needed_for_aarch64"
    phase armhf on_machine armhf "$needed_for_armhf"
    phase i386 on_machine i386 "$needed_for_i386"
    phase cuda cuda_devices
    phase s390x on_machine s390x "$needed_for_s390x"
}
