#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains both recipes with several seeds and compares the medians with the article's ranges:
# twelve_seeds.sh BUILD_DIR OUT_DIR [SEED...], by default 1 to 12. The exit status is that of
# sine_compare.
set -eu
export LC_ALL=C
if [ $# -lt 2 ]; then
    echo "usage: $0 BUILD_DIR OUT_DIR [SEED...]" >&2
    exit 2
fi
programs=$(cd "$1/examples/sine" && pwd)
mkdir -p "$2"
cd "$2"
shift 2
[ $# -gt 0 ] || set -- 1 2 3 4 5 6 7 8 9 10 11 12

train() { # recipe, program, seeds
    recipe=$1
    program=$2
    shift 2
    : >"$recipe.txt"
    for seed; do
        rm -f "$recipe-$seed"/snapshot_*.safetensors "$recipe-$seed/log.jsonl"
        "$programs/$program" "$recipe-$seed" "$seed" >>"$recipe.txt"
    done
    printf '%s: highest peak memory of a run %s MB\n' "$recipe" \
        "$(sed -n 's/.*peak memory \([0-9.]*\) MB$/\1/p' "$recipe.txt" | sort -n | tail -n 1)"
}

train article sine_learn "$@"
train closed_loop sine_closed_loop "$@"
# shellcheck disable=SC2046
"$programs/sine_compare" $(printf 'article-%s ' "$@") -- $(printf 'closed_loop-%s ' "$@")
