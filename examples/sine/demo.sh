#!/bin/sh
# SPDX-License-Identifier: MIT
# The article's experiment and what training the closed loop gains: demo.sh BUILD_DIR OUT_DIR
set -eu
export LC_ALL=C
if [ $# != 2 ]; then
    echo "usage: $0 BUILD_DIR OUT_DIR" >&2
    exit 2
fi
scripts=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "$1/examples/sine" && pwd)
mkdir -p "$2"
cd "$2"

# A finished run in the folder would only be resumed, and show nothing.
rm -f article/snapshot_*.safetensors article/log.jsonl
rm -f closed_loop/snapshot_*.safetensors closed_loop/log.jsonl

draw() { # folder, then the names of its pictures
    folder=$1
    shift
    for picture; do
        for format in png svg; do
            (cd "$folder" && gnuplot -e "format='$format'" "$scripts/style.gp" \
                "$scripts/$picture.gp")
        done
    done
}

printf "\n== learn: the article's recipe\n"
"$programs/sine_learn" article
printf '\n== closed loop: the same model, trained on its own outputs\n'
"$programs/sine_closed_loop" closed_loop
for folder in article closed_loop; do
    printf '\n== check, valid, pred: %s\n' "$folder"
    "$programs/sine_check" "$folder"
    "$programs/sine_valid" "$folder"
    "$programs/sine_pred" "$folder"
done

printf "\n== compare: these two runs and the article's\n"
# A single run may lie outside the range of twelve others.
"$programs/sine_compare" article -- closed_loop || [ $? = 1 ]

if command -v gnuplot >/dev/null; then
    draw article data loss valid valid_snapshots pred pred_from_0_1
    draw closed_loop loss valid valid_snapshots pred
    draw . gain
    pictures=', PNG and SVG pictures'
fi
printf '\nTables (CSV), logs, snapshots%s are in %s\n' "${pictures-}" "$(pwd)"
if [ -n "${pictures-}" ]; then
    printf 'Open this picture first:  %s/closed_loop/pred.png  (forecast and truth)\n' "$(pwd)"
    printf 'then this one:            %s/gain.png  (both recipes)\n' "$(pwd)"
else
    printf 'There are no pictures: gnuplot was not found\n'
fi
