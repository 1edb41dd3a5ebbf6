#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks statements of the documents about the tree: check_docs.sh [PROJECT]
#
#   names    lstm_*, LSTM_*, lts_*, LTS_* and LSTMTS_* in any code are words of the source; the
#            public two must be in the headers, outside comments. A trailing * is any ending.
#   paths    in `code`, a path that begins with a folder of the tree exists, and a name with the
#            ending of a source file is the end of some path of the tree. <word> and * are any text.
#   links    relative links lead to a file, and #fragments to a heading.
set -u
export LC_ALL=C
root=$(cd "${1:-$(dirname "$0")/..}" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 2

passed=0
failed=0

without_comments() {
    awk '
        {
            line = $0 "\n"
            while (line != "") {
                mark = inside ? "*/" : "/*"
                at = index(line, mark)
                if (!inside)
                    printf "%s", at ? substr(line, 1, at - 1) " " : line
                line = at ? substr(line, at + 2) : ""
                if (at)
                    inside = !inside
            }
        }' "$@"
}

words() {
    grep -oE '[A-Za-z_][A-Za-z0-9_]*' | sort -u
}

# All code of a document, one line per fenced or indented line and per `span`.
code() {
    awk '
        /^ *```/ { fenced = !fenced; next }
        fenced { print; next }
        /^    / && blank { print; next }
        { blank = /^$/ }
        { n = split($0, part, "`"); for (i = 2; i < n; i += 2) print part[i] }' "$1"
}

# Only the `spans`.
spans() {
    awk '
        /^ *```/ { fenced = !fenced; next }
        !fenced { n = split($0, part, "`"); for (i = 2; i < n; i += 2) print part[i] }' "$1"
}

# The targets of links, outside of code.
links() {
    awk '/^ *```/ { fenced = !fenced; next } !fenced { gsub(/`[^`]*`/, "code"); print }' "$1" |
        grep -oE '\]\([^) ]+\)' | sed -e 's/^](//' -e 's/)$//'
}

# The fragments that lead to the headings of a document.
fragments() {
    awk '/^ *```/ { fenced = !fenced; next } !fenced && /^#+ /' "$1" |
        sed -E -e 's/^#+ +//' -e 's/[^A-Za-z0-9 _-]//g' -e 's/ /-/g' | tr '[:upper:]' '[:lower:]'
}

named() { # name
    case $1 in
    lstm_* | LSTM_*) source=$work/public ;;
    *) source=$work/internal ;;
    esac
    case $1 in
    *'*') grep -q "^${1%\*}" "$source" ;;
    *) grep -qx -e "$1" "$source" ;;
    esac
}

check_names() { # document
    code "$1" | grep -oE '(^|[^A-Za-z0-9_.])(lstm_|LSTM_|lts_|LTS_|LSTMTS_)[A-Za-z0-9_]*\*?' |
        grep -oE '(lstm|LSTM|lts|LTS|LSTMTS)_.*' |
        grep -E '^(lstm_|lts_)|^[A-Z0-9_]+\*?$' | sort -u >"$work/found"
    while read -r name; do
        named "$name" || echo "$1: there is no $name"
    done <"$work/found"
}

# As a pattern of grep: dots are dots; <word> and * are anything.
pattern() {
    printf '%s\n' "$1" | sed -E -e 's/[].[^$\\]/\\&/g' -e 's/<[^>]*>/*/g' -e 's/\*/[^\/]*/g'
}

check_paths() { # document
    spans "$1" | tr -s ' "' '[\n*]' | sed -E 's/[,;:]$//' |
        grep -E '^(\./dev|(\./)?(src|include|tests|docs|examples|\.ci)/.*)$|\.(c|h|hpp|py|sh|md|gp|build|map|symbols)$' |
        sed -e 's/^\.\///' | sort -u >"$work/found"
    while read -r path; do
        form=$(pattern "${path%/}")
        case $path in
        src/* | include/* | tests/* | docs/* | examples/* | .ci/*) form="^$form\$" ;;
        *) form="(^|/)$form\$" ;;
        esac
        grep -qE -e "$form" "$work/tree" || echo "$1: there is no $path"
    done <"$work/found"
}

check_links() { # document
    links "$1" | grep -vE '^[a-z]+:' | sort -u >"$work/found"
    while read -r link; do
        file=${link%%#*}
        [ -n "$file" ] && file=$(dirname "$1")/$file || file=$1
        if [ ! -e "$file" ]; then
            echo "$1: the link $link leads nowhere"
        elif [ "$link" != "${link#*#}" ] && ! fragments "$file" | grep -qx -e "${link#*#}"; then
            echo "$1: the link $link leads to no heading"
        fi
    done <"$work/found"
}

run() { # check, document
    "$@" >"$work/faults"
    [ -s "$work/found" ] || return 0
    if [ -s "$work/faults" ]; then
        cat "$work/faults"
        echo "[  FAILED  ] $*"
        failed=$((failed + 1))
    else
        echo "[       OK ] $*"
        passed=$((passed + 1))
    fi
}

find . -path ./.git -prune -o -path ./build -prune -o -print | sed 's/^\.\///' >"$work/tree"
without_comments include/lstmts/*.h | words >"$work/public"
find src include tests \( -name '*.[ch]' -o -name '*.hpp' -o -name 'meson.build' \) \
    -exec cat {} + | words >"$work/internal"

for document in README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs/*.md docs/howto/*.md tests/*/README.md; do
    if [ ! -f "$document" ]; then
        echo "[  FAILED  ] there is no $document"
        failed=$((failed + 1))
        continue
    fi
    run check_names "$document"
    run check_paths "$document"
    run check_links "$document"
done

echo "[  PASSED  ] $passed test(s)."
if [ "$failed" -gt 0 ]; then
    echo "[  FAILED  ] $failed test(s)"
    exit 1
fi
