#!/bin/sh
# SPDX-License-Identifier: MIT
# The help of the commands, the manual page and the completion agree: test_help.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"
page=$project/../../docs/lstmts.1

section help
"$lstmts" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
check "there are eleven commands" same 11 "$(wc -l <commands | tr -d ' ')"
: >all
for name in $(grep -v -x -e completion -e help commands); do
    "$lstmts" "$name" --help >help.out 2>help.err
    check "$name has help" same 0 $?
    check "which begins with an example of it" contains help.out "^Example: .*lstmts $name "
    no_line_is_long() {
        awk 'length($0) > 100 || / $/ { print; bad = 1 } END { exit bad }' help.out
    }
    check "and has no line of more than 100 characters or with blanks at the end" no_line_is_long
    grep -o -e '--[a-z-]*' help.out | grep -v -x -e -- >>all
    check "and is in the manual page" contains "$page" "^\\.It Cm $name\$"
    "$lstmts" help "$name" >help.again 2>help.err
    check "help $name is the same" cmp -s help.out help.again
done
"$lstmts" help >help.out
"$lstmts" --help >help.again
check "help without a command lists them" cmp -s help.out help.again
"$lstmts" help completion >help.out
check "completion has help" same "0 0" "$? $("$lstmts" completion --help | cmp -s - help.out; echo $?)"

section mistyped
refused() { # what the message is to have; arguments
    wanted=$1
    shift
    "$lstmts" "$@" >out 2>err
    same "2 0" "$? $(wc -c <out | tr -d ' ')" && contains err "$wanted"
}
check "a command is guessed" refused "'forcast' is not a command; did you mean 'forecast'\?" forcast x.csv
check "of exchanged letters" refused "did you mean 'step'\?" setp
check "of a beginning" refused "did you mean 'inspect'\?" insp
check "after help, too" refused "did you mean 'train'\?" help trian
check "but not of anything" refused "'data.csv' is not a command; 'lstmts --help' lists them" data.csv
printf '1,2\n3,5\n4,4\n' >plain.csv
"$lstmts" forecast plain.csv --horizon 1 --target 3 >out 2>err
check "nor a name that has no character of the word" contains err "no column '3' with numbers$"
check "an option is guessed" refused "no option '--horizn'; did you mean --horizon\?" forecast x.csv --horizn 28
check "also with its value" refused "no option '--sead'; did you mean --seed\?" forecast x.csv --sead=3
check "one of another command is not" refused "no option '--horizon', which other commands have$" inspect model --horizon 3
check "an option without a value says so" refused "option '--quiet' takes no value" forecast x.csv --quiet=3
check "an option before the command says so" refused "'--horizon' comes behind the command" --horizon 3 forecast x.csv
check "a number alone may be the horizon" refused "did you mean --horizon 48\\?" forecast x.csv 48
check "other words are too many" refused "'y.csv' is one argument too many$" forecast x.csv y.csv
check "a level is a percentage" refused "0.9 is less than 1 %; did you mean 90\\?" forecast x.csv --horizon 3 --levels 0.9
check "version is a command, too" same "$("$lstmts" --version)" "$("$lstmts" version)"
check "a letter is named" refused "has no option '-z'$" forecast x.csv -z

section manual page
for name in $(sort -u all); do
    check "it has $name" contains "$page" "Fl \\\\-$(echo "${name#--}" | sed 's/-/\\\\-/g')( |\$)"
done
if command -v mandoc >mandoc.out; then
    mandoc -T lint -W warning "$page" >lint.out 2>&1
    check "mandoc finds no fault in it" is_empty lint.out
fi

section completion
for shell in bash fish zsh; do
    "$lstmts" completion "$shell" >"script.$shell"
    check "$shell has a completion" same 0 $?
    for name in $(cat commands); do
        check "with $name" contains "script.$shell" "(^|[^a-z])$name([^a-z]|\$)"
    done
done
"$lstmts" completion csh >out 2>err
check "other shells are wrong use" same 2 $?

summary
