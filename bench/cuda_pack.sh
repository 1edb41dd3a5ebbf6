#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds all that bench/cuda.sh needs into one folder, for a machine with a GPU and without a
# checkout or a network:
#
#     sh bench/cuda_pack.sh BUILD FOLDER
#
# BUILD is a build folder, set up if there is none; so is BUILD-80, of the companion with code for
# compute capability 8.0 alone. FOLDER is made new, and FOLDER.tgz of it.
set -eu
cd "$(dirname "$0")/.."
build=${1%/}
folder=$2
cuda=
command -v "${NVCC:-nvcc}" >/dev/null && cuda=yes
options="-Dbench=true${cuda:+ -Dcuda=enabled}"
prepared() { # folder, options: set up, or with these options from now on
    configure=setup
    [ ! -e "$1/build.ninja" ] || configure=configure
    meson "$configure" "$@"
    ninja -C "$1" build.ninja
}

# shellcheck disable=SC2086
prepared "$build" $options
programs=$(ninja -C "$build" -t targets all |
    sed -n 's/^\([^ ]*\/\(check_device\|test_cuda_[a-z_]*\|lstmts-bench\|lib[a-z_-]*\.so\(\.[0-9.]*\)\{0,1\}\)\): .*/\1/p' |
    grep -v '^tests/lib[^c]\|^tests/kernels/' | sort -u)
# shellcheck disable=SC2086
ninja -C "$build" ${JOBS:+-j$JOBS} $programs

# The persistent kernels by themselves.
loop_check=$build/loop_check
if [ -e "$build/cuda/loop_forward.cu.o" ]; then
    "${NVCC:-nvcc}" -O2 -std=c++17 -gencode arch=compute_90,code=sm_90 -I cuda -o "$loop_check" \
        cuda/check/loop_check.cu "$build"/cuda/loop_*.cu.o
fi

if [ "$cuda" ]; then
    prepared "$build-80" -Dcuda=enabled -Dgpu_codes=80 -Dtests=false -Dexamples=false
    older=$(ninja -C "$build-80" -t targets all |
        sed -n 's/^\(cuda\/liblstmts-cuda.so.[0-9.]*[0-9]\): c_LINKER.*/\1/p')
    ninja -C "$build-80" ${JOBS:+-j$JOBS} "$older"
fi

rm -rf "$folder"
mkdir -p "$folder/golden"
for program in $programs; do
    case $program in
    *.so.[0-9]*.*) ;; # whole versions: the name that programs ask for is enough
    *.so) [ -e "$build/$program.0" ] || cp -L "$build/$program" "$folder" ;;
    *) cp -L "$build/$program" "$folder" ;;
    esac
done
for library in "$build"/src/liblstmts.so.0 "$build"/cuda/lib*.so.0; do
    [ ! -e "$library" ] || cp -L "$library" "$folder"
done
if [ "$cuda" ]; then
    mkdir "$folder/80"
    cp -L "$build-80/$older" "$folder/80/liblstmts-cuda.so.0"
fi
[ ! -e "$loop_check" ] || cp "$loop_check" "$folder"
# The libraries of Debian that the programs need, except the C library.
for program in "$folder"/check_device "$folder"/lstmts-bench "$folder"/test_*; do
    LD_LIBRARY_PATH=$folder ldd "$program" |
        sed -n 's/.*=> \(.*lib\(jansson\|xxhash\|cmocka\)[^ ]*\) .*/\1/p'
done | sort -u | while read -r library; do
    cp -L "$library" "$folder"
done
find "$folder" -maxdepth 1 -type f -exec strip --strip-debug {} + 2>/dev/null || true
cp -r tests/golden/c* "$folder/golden"
cp bench/cuda.sh bench/cuda_table.py bench/peers/common.py bench/peers/pytorch_cuda.py "$folder"
for needed in check_device lstmts-bench test_cuda_engine test_cuda_fleet liblstmts.so.0 \
    ${cuda:+loop_check liblstmts-cuda.so.0}; do
    [ -e "$folder/$needed" ] || {
        echo "$0: $needed was not built in $build" >&2
        exit 1
    }
done
tar -C "$(dirname "$folder")" -czf "$folder.tgz" "$(basename "$folder")"
du -sh "$folder" "$folder.tgz"
ls "$folder"
