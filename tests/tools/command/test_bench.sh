#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs lstmts bench, which measures for some seconds: test_bench.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

section bench
run bench --jobs 1
check "bench succeeds" same 0 "$code"
three_sizes() {
    awk '$1 ~ /^[0-9]+$/ && $2 > last && $3 > 0 && $4 > 0 && $5 > 0 { last = $2; n++ } END { exit n != 3 }' out
}
check "with three sizes of networks" three_sizes
run bench load.csv
check "it takes no table" same 2 "$code"

summary
