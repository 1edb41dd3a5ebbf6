#!/bin/sh
# SPDX-License-Identifier: MIT
# Coverage by the tests of a build with -Db_coverage=true: coverage.sh BUILD. Prints a table of all
# files of the library, then the branches of the readers and writers of files together, fails if
# those are below 95 %, and writes pages to BUILD/report.
set -eu
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
mkdir -p "$build/report"

# The library and its build in double are the same source: gcovr adds them up.
report() { # options
    gcovr --root . --object-directory "$build" --exclude-throw-branches \
        --exclude-unreachable-branches "$@"
}

report --filter src/ --json "$build/report/all.json"
report --add-tracefile "$build/report/all.json" --html-details "$build/report/index.html"
report --add-tracefile "$build/report/all.json" --branches
echo
echo "readers and writers of files, branches:"
report --add-tracefile "$build/report/all.json" --branches --fail-under-branch 95 --filter src/store/ \
    --filter src/files/ --filter src/run/record.c --filter src/run/trainer_record.c \
    --filter src/run/trainer_save.c --filter src/run/trainer_resume.c --filter src/run/snapshots.c \
    --filter src/run/recipe.c
