#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: compile.sh LOG COMPILER [ARGUMENT]...
# Runs the compiler with its messages in LOG: registers and spills of every kernel. All of them are
# shown if it fails, otherwise the kernels that spill.
log=$1
shift
"$@" >"$log" 2>&1
status=$?
if [ $status -ne 0 ]; then
    cat "$log" >&2
else
    grep -B 2 'spill stores' "$log" | grep -v ' 0 bytes spill stores' | grep -B 2 'spill stores' >&2
fi
exit $status
