#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: compile.sh LOG COMPILER [ARGUMENT]...
# Runs the compiler with its messages in LOG, which is shown if it fails or if a kernel spills.
log=$1
shift
"$@" >"$log" 2>&1
status=$?
if [ $status -ne 0 ] || grep -qi warning "$log"; then
    cat "$log" >&2
fi
exit $status
