#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Checks and times a CUDA device, with programs that were built elsewhere:
#
#     sh FOLDER/cuda.sh FOLDER [PART...]
#
# FOLDER is what bench/cuda_pack.sh made; no checkout and no network are needed, Python with PyTorch
# for the part `peers` alone. Parts, and all of them in this order unless some are named:
#
#     device      what the machine is, and which libraries are found
#     loop        the persistent kernels by themselves
#     engine      the tests of the companion's operations, which the twin passes in tests/cuda
#     check       check_device: golden cases, random plans, fleets, resume, sharing, crowds
#     older       engine, and check_device with few plans, of a companion built for compute capability
#                 8.0 alone, which the driver compiles for this device: no clusters of blocks
#     ours        times of lstmts-bench on the device, and of W6 and W7 on all cores of the processor
#     peers       times of PyTorch
#     memcheck, racecheck, initcheck    compute-sanitizer over loop_check --small and check_device
#                                       --small; racecheck, which is slow, --tiny
#
# Each part has a limit of its own, and all together LIMIT seconds (470). Logs are written to $OUT,
# or to ./cuda-out, those of compute-sanitizer to one; a table comes last. To try the script elsewhere, DEVICE (cuda) can name another
# device, and OURS, ROUNDED (at lower precision) and PEERS fewer workloads.
set -u
folder=$(cd "$1" && pwd) || exit 2
shift
: "${DEVICE:=cuda}" "${LIMIT:=470}" "${OUT:=cuda-out}" "${SECONDS_EACH:=0.5}"
: "${OURS:=W1,W2,W4,W7,W3,W6,W6/100000,W3/512}" "${ROUNDED:=W2,W3,W4,W7,W6/100000,W3/512}"
: "${PEERS:=W4 W6/100000 W1 W2 W3 W3/512 W6}"
all="device loop engine check older ours peers memcheck racecheck initcheck"
case $DEVICE in
cuda*) ;;
*) all="device engine check ours peers" ;; # what is of CUDA alone is left out
esac
parts=${*:-$all}
mkdir -p "$OUT"
start=$(date +%s)
table=$OUT/table.txt
: >"$table"
rm -f "$OUT/sanitizer.log"

# The toolkit's libraries, or those that came with PyTorch.
libraries=$folder
for at in /usr/local/cuda/lib64 /usr/local/nvidia/lib64 \
    $(find /opt /usr/lib/python3 /usr/local/lib -type d -path '*/nvidia/*/lib' 2>/dev/null); do
    [ -d "$at" ] && libraries=$libraries:$at
done
export LSTMTS_GOLDEN="$folder/golden"
PATH=$PATH:/usr/local/cuda/bin
chmod +x "$folder"/check_device "$folder"/lstmts-bench "$folder"/loop_check "$folder"/test_*

# limited SECONDS COMMAND...: within what is left of all the time.
limited() {
    left=$((LIMIT - ($(date +%s) - start)))
    most=$1
    shift
    [ "$most" -lt "$left" ] || most=$left
    if [ "$most" -le 0 ]; then
        echo "no time left for: $*"
        return 124
    fi
    timeout -k 5 "$most" "$@"
}

# ours SECONDS COMMAND...: the same with our libraries, which the machine's programs must not load.
ours() {
    limit=$1
    shift
    limited "$limit" env LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$@"
}

part_device() {
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.mem --format=csv
    nproc
    sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1
    echo "libraries: $libraries"
    for library in "$folder"/liblstmts-cuda*.so.0; do
        [ -e "$library" ] && ours 5 ldd "$library"
    done
    ours 60 "$folder/check_device" "$DEVICE" --only 'devices_are_listed'
}

part_loop() {
    ours 60 "$folder/loop_check"
}

engine() { # companion
    engine_failed=0
    for program in "$folder"/test_*; do
        echo "${program##*/}"
        ours 60 "$program" "$1" || engine_failed=1
    done
    return $engine_failed
}

part_engine() {
    engine "$folder/liblstmts-${DEVICE%%:*}.so.0"
}

part_check() {
    ours 150 "$folder/check_device" "$DEVICE"
}

part_older() {
    newer=$libraries
    libraries=$folder/80:$libraries
    engine "$folder/80/liblstmts-cuda.so.0" && ours 150 "$folder/check_device" "$DEVICE" --plans 50
    older_code=$?
    libraries=$newer
    return $older_code
}

bench() {
    ours 60 "$folder/lstmts-bench" --seconds "$SECONDS_EACH" "$@"
}

part_ours() {
    bench --device "$DEVICE" --threads 1 --only "$OURS" &&
        bench --device "$DEVICE" --threads "$(nproc)" --only W6,W6/100000 &&
        bench --device cpu --threads "$(nproc)" --only W6,W6/100000,W7 &&
        bench --device "$DEVICE" --threads 1 --precision high --only "$ROUNDED" &&
        bench --device "$DEVICE" --threads 1 --precision medium --only "$ROUNDED"
}

part_peers() {
    case $DEVICE in
    cuda*) on=cuda ;;
    *) on=cpu ;;
    esac
    # shellcheck disable=SC2086
    PEER_DEVICE=$on BENCH_SECONDS=$SECONDS_EACH limited 130 \
        "${PYTHON:-python3}" -W ignore "$folder/pytorch_cuda.py" 1 $PEERS
}

sanitize() { # tool, seconds, how many cases of check_device
    for program in "$folder/loop_check --small" "$folder/check_device $DEVICE $3"; do
        # shellcheck disable=SC2086
        ours "$2" compute-sanitizer --tool "$1" --error-exitcode 9 --print-limit 20 \
            $program || return
    done
}

part_memcheck() {
    sanitize memcheck 90 --small
}

part_racecheck() {
    sanitize racecheck 120 --tiny
}

part_initcheck() {
    sanitize initcheck 90 --small
}

failed=0
for part in $parts; do
    before=$(date +%s)
    log=$OUT/$part.log
    "part_$part" >"$log" 2>&1
    code=$?
    [ $code = 0 ] || failed=1
    printf '%-10s %s, %d s\n' "$part" \
        "$([ $code = 0 ] && echo passed || echo "ended with $code")" \
        $(($(date +%s) - before)) >>"$table"
    tail -n 1 "$table"
    case $part in
    device) cat "$OUT/device.log" ;;
    check | older) grep -v '^\[ *\(RUN\|OK\)' "$log" | tail -n 120 ;;
    loop) tail -n 25 "$OUT/loop.log" ;;
    engine) grep -v '^\[ *\(RUN\|OK\)' "$OUT/engine.log" | tail -n 30 ;;
    *check)
        grep -v '^\[ *\(RUN\|OK\)' "$log" | grep -n '=====\|FAILED\|off by' | tail -n 12
        cat "$log" >>"$OUT/sanitizer.log" && rm "$log"
        ;;
    esac
done
for part in ours peers; do
    [ -e "$OUT/$part.log" ] && cat "$OUT/$part.log"
done
echo
"${PYTHON:-python3}" "$folder/cuda_table.py" "$OUT/ours.log" "$OUT/peers.log"
echo
cat "$table"
echo "$(($(date +%s) - start)) s in all"
rm -f "$table"
exit $failed
