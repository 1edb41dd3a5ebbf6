#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Checks and times the kernel set amx, with programs that were built elsewhere:
#
#     sh FOLDER/amx.sh FOLDER
#
# FOLDER is what bench/amx_pack.sh made; no checkout and no network are needed, Python with PyTorch
# for the peer alone. Programs bench-NAME in FOLDER, other builds of lstmts-bench, are timed too. All
# together takes LIMIT seconds (90) at most. Without AMX the tests run the twin of its instructions,
# and the times are those of AVX-512.
set -u
folder=$(cd "$1" && pwd) || exit 2
: "${LIMIT:=90}" "${SECONDS_EACH:=0.3}" "${OURS:=W1,W2,W3,W6}" "${ROUNDED:=W2,W3}" \
    "${PEERS:=W2 W3}"
start=$(date +%s)
export LSTMTS_GOLDEN="$folder/golden"
chmod +x "$folder"/*bench* "$folder"/with_set "$folder"/lstmts-* "$folder"/test_*
failed=0

# limited SECONDS COMMAND...: within what is left of all the time, on one core.
limited() {
    left=$((LIMIT - ($(date +%s) - start)))
    most=$1
    shift
    [ "$most" -lt "$left" ] || most=$left
    [ "$most" -gt 0 ] || {
        echo "no time left for: $*"
        return 124
    }
    timeout -k 2 "$most" ${core:+taskset -c $core} "$@"
}

# ours SECONDS COMMAND...: the same with our libraries, which the machine's programs must not load.
ours() {
    limit=$1
    shift
    limited "$limit" env LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$@"
}

core=
sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1
sed -n 's/^\(cpu family\|model\|cache size\)[[:space:]]*: /\1 /p' /proc/cpuinfo | head -n 3
nproc
uname -r
flags=$(grep -m 1 '^flags' /proc/cpuinfo)
for flag in avx512f avx512_bf16 amx_tile amx_bf16 amx_int8 amx_fp16; do
    case " $flags " in
    *" $flag "*) echo "$flag yes" ;;
    *) echo "$flag no" ;;
    esac
done
set=amx
if ours 5 "$folder/with_set" amx /bin/true; then
    echo "permission: given"
else
    echo "permission: none"
    set=amx_twin
fi

# tests PROGRAM...: with the set, with and without the fold.
tests() {
    for program in "$@"; do
        for fold in 0 1; do
            LSTMTS_FOLD=$fold ours 25 "$folder/with_set" $set "$folder/test_$program" \
                >"/tmp/amx.$$" 2>&1
            code=$?
            echo "$program fold=$fold: $([ $code = 0 ] && echo passed || echo "ended with $code")" \
                "at $(($(date +%s) - start)) s"
            [ $code = 0 ] && continue
            failed=1
            grep -v '^\[ *\(RUN\|OK\)' "/tmp/amx.$$" | tail -n 12
        done
    done
    rm -f "/tmp/amx.$$"
}

echo "tests of the set $set"
tests kernels_parts kernels_parts_cell golden reference updater threads

core=$(($(nproc) - 1))
command -v taskset >/dev/null || core=
# bench SET OPTIONS...
bench() {
    echo "LSTMTS_KERNELS=$*"
    LSTMTS_KERNELS=$1
    export LSTMTS_KERNELS
    shift
    ours 25 "$folder/lstmts-bench" --seconds "$SECONDS_EACH" --threads 1 "$@" || failed=1
}

bench avx512 --only "$OURS"
bench amx --only "$OURS"
bench amx --only "$ROUNDED" --precision high
bench amx --only "$ROUNDED" --precision medium
# shellcheck disable=SC2086
PEER=pytorch-bf16 BENCH_SECONDS=$SECONDS_EACH limited 25 "${PYTHON:-python3}" -W ignore \
    "$folder/pytorch.py" 1 $PEERS
ours 15 env OPENBLAS_NUM_THREADS=1 "$folder/lstmts-products" || failed=1
# Where tiles begin to be faster.
sweep() { # SET PROGRAM
    echo "LSTMTS_KERNELS=$1 ${2##*/} --sweep"
    LSTMTS_KERNELS=$1 ours 10 "$2" --seconds 0.02 --threads 1 --only W5/16 --sweep | tail -n +5
}
sweep avx512 "$folder/lstmts-bench"
sweep amx "$folder/lstmts-bench"
for variant in "$folder"/bench-*; do
    [ -e "$variant" ] || continue
    case $variant in
    *-sweep)
        sweep amx "$variant"
        continue
        ;;
    esac
    for workload in W2 W3; do
        echo "${variant##*/}: $(LSTMTS_KERNELS=amx ours 8 "$variant" --seconds 0.2 --threads 1 \
            --only "$workload" | tail -n 1)"
    done
done
echo "$(($(date +%s) - start)) s in all"
exit $failed
