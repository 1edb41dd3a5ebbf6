# SPDX-License-Identifier: MIT
# Begins a test of the built command, in a folder that is removed afterwards: . command_check.sh BUILD_DIR
export LC_ALL=C
unset NO_COLOR COLUMNS
. "$(dirname "$0")/../../examples_check.sh"
lstmts=$build/tools/command/lstmts

run() { # arguments; output to out, err; status in $code
    "$lstmts" "$@" >out 2>err
    code=$?
}
