#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds all that bench/amx.sh needs into one folder, for a machine with AMX and without a checkout
# or a network:
#
#     sh bench/amx_pack.sh BUILD FOLDER
#
# BUILD is a build folder, set up if there is none; FOLDER is made new, and FOLDER.tgz of it. Programs
# bench-NAME in BUILD/variants, other builds of lstmts-bench, are packed too.
set -eu
cd "$(dirname "$0")/.."
build=$1
folder=$2
[ -e "$build/build.ninja" ] || meson setup "$build" -Dbench=true
ninja -C "$build" -t targets all | grep -q '^bench/lstmts-bench:' ||
    meson configure "$build" -Dbench=true
programs="tests/with_set bench/lstmts-bench bench/lstmts-products"
for name in kernels_parts kernels_parts_cell golden reference threads updater; do
    programs="$programs tests/test_$name"
done
# shellcheck disable=SC2086
ninja -C "$build" ${JOBS:+-j$JOBS} $programs

rm -rf "$folder"
mkdir -p "$folder/golden"
for program in $programs src/liblstmts.so.0; do
    cp -L "$build/$program" "$folder"
done
cp "$build"/variants/bench-* "$folder" 2>/dev/null || true
# The libraries of Debian that the programs need, except the C library.
for program in "$folder"/lstmts-* "$folder"/test_*; do
    LD_LIBRARY_PATH=$folder ldd "$program" |
        sed -n 's/.*=> \(.*lib\(jansson\|xxhash\|cmocka\|openblas\|gfortran\|quadmath\)[^ ]*\) .*/\1/p'
done | sort -u | while read -r library; do
    cp -L "$library" "$folder"
done
find "$folder" -maxdepth 1 -type f -exec strip --strip-debug {} + 2>/dev/null || true
cp -r tests/golden/c* "$folder/golden"
cp bench/amx.sh bench/peers/common.py bench/peers/pytorch.py bench/peers/reference.py "$folder"
tar -C "$(dirname "$folder")" -czf "$folder.tgz" "$(basename "$folder")"
du -sh "$folder" "$folder.tgz"
ls "$folder"
