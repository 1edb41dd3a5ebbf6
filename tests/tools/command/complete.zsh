#!/usr/bin/env zsh
# SPDX-License-Identifier: MIT
# Prints what zsh completes, one a line: complete.zsh FOLDER LINE, where FOLDER has the completion as _lstmts. A zsh of
# its own gets the line and a tab in a pseudo-terminal; in place of compadd, which offers matches, stands one that writes
# them to a file as well.
zmodload zsh/zpty
found=$(mktemp)
cat >$found.rc <<END
PS1= LISTMAX=1000 fpath=(${(q)1} \$fpath)
autoload -Uz compinit
compinit -u -d ${(q)1}/dump
compadd() {
    local -a matches
    # With -A, -D or -O it only fills arrays.
    if ((\${@[(I)-*[ADO]]} == 0)); then
        builtin compadd -O matches "\$@"
        ((\$#matches == 0)) || print -rl -- \$matches >>$found
    fi
    builtin compadd "\$@"
}
ended() { : >$found.end }
zle -N ended
bindkey '^I' complete-word '^E' ended
: >$found.ready
END
zpty shell zsh -f -i
zpty -w shell ". $found.rc"
until [[ -e $found.ready ]]; do sleep 0.02; done
zpty -w -n shell "$2"$'\t\C-e'
until [[ -e $found.end ]]; do zpty -r -t shell shown; sleep 0.02; done
zpty -d shell
cat $found
rm $found $found.*
