#!/bin/sh
# SPDX-License-Identifier: MIT
# What a shell completes by lstmts completion: test_completion.sh BUILD_DIR SHELL, with the path of bash, zsh or fish
set -u
shell=$2
set -- "$1"
tests=$(cd "$(dirname "$0")" && pwd)
. "$tests/command_check.sh"
name=$(basename "$shell")
PATH=$(dirname "$lstmts"):$PATH
HOME=$folder
export PATH HOME
mkdir scripts files files/folder
touch files/table.csv
case $name in
bash) place=scripts/lstmts ;;
zsh) place=scripts/_lstmts ;;
fish) place=scripts/lstmts.fish ;;
esac
lstmts completion "$name" >"$place"
cd files || exit 2

bash_completes() { # words of a line
    "$shell" -c 'compopt() { :; }; . ../scripts/lstmts; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lstmts; printf "%s\n" "${COMPREPLY[@]}"' - "$@" \
        2>../err
}
completes() { # words of a line, of which the last is begun; what completes it, sorted
    line=$1
    last=$1
    [ "$name" != bash ] || bash_completes "$@" >../out
    shift
    for last; do line="$line $last"; done
    case $name in
    zsh) "$shell" -f "$tests/complete.zsh" "$folder/scripts" "$line" >../out 2>../err ;;
    fish) "$shell" --no-config -c "source ../scripts/lstmts.fish; complete -C'$line'" >../out 2>../err ;;
    esac
    # fish has descriptions behind tabs; options without dashes are for a word without one.
    cut -f1 ../out | sed 's,/$,,' | LC_ALL=C sort -u | tr '\n' ' ' | sed 's/^ *//; s/ *$//'
}
options_of() { # command; its long options by its help, sorted
    lstmts "$1" --help | sed -n 's/^  .* *--\([a-z-]*\) .*/--\1/p' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ *$//'
}

section "$name"
check "commands are completed" same 'backtest bench' "$(completes lstmts b)"
check "and after help" same 'forecast' "$(completes lstmts help f)"
check "shells are" same 'bash fish zsh' "$(completes lstmts completion '')"
check "options before a command are" same '--help --version' "$(completes lstmts --)"
lstmts --help | sed -n 's/^  \([a-z]*\) .*/\1/p' | grep -v -x -e completion -e help >../commands
while read -r command; do
    check "all options of $command are" same "$(options_of "$command")" "$(completes lstmts "$command" --)"
done <../commands
check "options behind a table are" same '--holidays --horizon' "$(completes lstmts forecast table.csv --ho)"
check "values are" same 'csv jsonl npy' "$(completes lstmts forecast --format '')"
check "for the command" same 'csv jsonl' "$(completes lstmts step --format '')"
check "files are" same 'table.csv' "$(completes lstmts forecast t)"
check "also after an option" same 'table.csv' "$(completes lstmts forecast table.csv --holidays t)"
check "a file with the name of a command is none" same '' "$(completes lstmts inspect forecast --ho)"
check "folders are" same 'folder' "$(completes lstmts forecast table.csv --folder '')"
check "nothing is reported" is_empty ../err

summary
