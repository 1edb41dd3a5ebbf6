# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# ./dev portable: the engine on other kinds of machines, by cross compilers and emulators.

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

test_elsewhere() {
    require "$needed_to_build"
    patience=5
    phase aarch64 on_machine aarch64 "$needed_for_aarch64"
    phase armhf on_machine armhf "$needed_for_armhf"
    phase i386 on_machine i386 "$needed_for_i386"
    phase s390x on_machine s390x "$needed_for_s390x"
}
