#!/bin/sh
# SPDX-License-Identifier: MIT
# Malformed tables: a message with line and column where there are such, and nothing is written:
# test_malformed.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

awk 'BEGIN { print "day,a,b"
    for (i = 1; i <= 28; i++) printf "2021-01-%02d,%d,%d\n", i, i % 7, i % 3 }' >good.csv
echo before >out.csv
refused() { # what is wrong, file, extended regular expression of the message and of the name
    timeout 10 "$lstmts" forecast "$2" --horizon 2 -q -o out.csv -m model --report report.html >out 2>err
    code=$?
    check "$1 is refused" same "1 0 before" "$code $(wc -c <out | tr -d ' ') $(cat out.csv)"
    check "with its place" contains err "^lstmts: ${4-$2}: $3"
    check "and nothing is written" same "out.csv" "$(ls out.csv* model* report.html* 2>ls.err | tr '\n' ' ' | sed 's/ $//')"
}
cell() { # content of line 7, column 3
    sed "7s/,[^,]*\$/,$1/" good.csv >cell.csv
}
npy() { # header, bytes of data: a file of version 1.0
    length=$((${#1} + 1))
    printf '\223NUMPY\001\000'"$(printf '\\%03o\\%03o' $((length % 256)) $((length / 256)))"
    printf '%s\n' "$1"
    head -c "$2" /dev/zero
}

section text
{ printf '\377\376'; cat good.csv; } >wide.csv
refused "UTF-16" wide.csv 'line 1, column 1: is UTF-16'
sed '7s/,[^,]*$//' good.csv >short.csv
refused "a row with too few cells" short.csv 'line 7, column 3: cells in the row: 2, expected 3'
sed '7s/$/,9/' good.csv >long.csv
refused "a row with too many" long.csv 'line 7, column 4: cells in the row: 4, expected 3'
sed '7s/,\(.\),/,"\1,/' good.csv >quote.csv
refused "a quote without an end" quote.csv 'line 7, column 2: a quote in the row that begins here has no end'
{ printf 'day,a\n2021-01-01,"'; head -c 1000000 /dev/zero | tr '\000' x; } >endless.csv
refused "an endless row" endless.csv 'line 2: the row that begins here has more than'
sed '7s/,[^,]*$/,\x00/' good.csv >nul.csv
refused "a byte 0" nul.csv 'line 7, column 3: there is a byte 0'
for value in 0x1p3 'nan(1)' INF 1e999 1_000 '=cmd()' 1e 1.2.3 --5; do
    cell "$value"
    refused "the cell $value" cell.csv 'line 7, column 3: ".*" in column "b" is '
done
cell '"1,5"'
refused "a decimal comma" cell.csv 'line 7, column 3: "1,5" in column "b" '
echo day,a >header.csv
refused "a header alone" header.csv 'line 1: there is a header, but no row'
: >empty.csv
refused "an empty file" empty.csv 'is empty'
sed '1s/b/a/' good.csv >twice.csv
refused "a name that is there twice" twice.csv 'line 1, column 3: there is another column named "a"'
awk 'BEGIN { for (r = 0; r < 3; r++) for (i = 0; i < 20000; i++) printf "1%s", i < 19999 ? "," : "\n" }' >columns.csv
refused "a table of 20000 columns" columns.csv 'line 1.*more than 10000 columns'
sed '7p' good.csv >time.csv
refused "a time that is there twice" time.csv 'line 8, column 1: the time 2021-01-06 is also that of line 7'
sed '7s/-06/-32/' good.csv >day.csv
refused "a day that does not exist" day.csv 'line 7, column 1: '
gzip -c good.csv | head -c 100 >cut.gz
refused "gzip without an end" cut.gz '.*'

awk 'BEGIN { print "day,a"
    for (i = 1; i <= 28; i++) printf "%d,%d\n", 1600000000 + i * i * 977 + i * 13, i % 7 }' >irregular.csv
refused "times without a step" irregular.csv "line [0-9]*, column 1: times are irregular.* [(]--time ''[)]"
{ cat good.csv; tail -n 1 good.csv; } >twice.csv
refused "a time that is there twice" twice.csv 'line 30, column 1: the time .* is also that of line 29.* [(]--id COLUMN[)], or --duplicates'

section NPY
good="{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }"
npy "$good" 64 >good.npy
check "an array is read" "$lstmts" describe good.npy
{ printf '\223NUMPY\001\000\377\377'; head -c 70 /dev/zero; } >cut.npy
refused "a header that is longer than the file" cut.npy '.*'
{ printf '\223NUMPY\002\000\360\377\377\377'; head -c 70 /dev/zero; } >huge.npy
refused "a header of 4 GB" huge.npy '.*'
head -c 20 good.npy >begin.npy
refused "half of a header" begin.npy '.*'
wrong() { # what is wrong, sed expression on the header, bytes of data
    npy "$(echo "$good" | sed "$2")" "$3" >wrong.npy
    refused "$1" wrong.npy '.*'
}
wrong "an array of objects" 's/<f8/|O/' 64
wrong "an array of texts" 's/<f8/<U4/' 128
wrong "a structured array" "s/'<f8'/[('a', '<f8')]/" 64
wrong "32 GB without data" 's/4, 2/65536, 65536/' 0
wrong "more than 2^64 elements" 's/4, 2/4294967296, 4294967296/' 64
wrong "a negative size" 's/4, 2/-1/' 64
wrong "a size that is a text" "s/4, 2/'a'/" 64
wrong "a header without a key" "s/'descr': '<f8', //" 64
wrong "a key that is there twice" "s/{/{'descr': '<f8', /" 64
wrong "another key" "s/{/{'more': 1, /" 64
wrong "code" 's/False/exit()/' 64
wrong "too little data" '' 63
wrong "too much" '' 65
printf 'PK\003\004and so on' >data.npz
refused "NPZ" data.npz 'is a zip archive'

section files
mkdir folder
ln -s nowhere dangling
ln -s loop loop
refused "a folder" folder 'is neither a file nor a pipe but a folder'
refused "a device" /dev/zero 'is neither a file nor a pipe'
refused "a link to nothing" dangling 'cannot be opened: No such file'
refused "a loop of links" loop 'cannot be opened: Too many levels'
refused "a path that is too long" "$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "x" }')" '.*too long' 'xxx*'
mkfifo fifo
refused "a pipe that nobody writes to" fifo 'is empty'

section good tables
forecast() { # file
    "$lstmts" forecast "$1" --horizon 2 --use ridge -q -j1 >out 2>err && cmp -s out plain
}
"$lstmts" forecast good.csv --horizon 2 --use ridge -q -j1 >plain
{ printf '\357\273\277'; cat good.csv; } >mark.csv
check "a byte-order mark is skipped" forecast mark.csv
sed 's/$/\r/' good.csv >crlf.csv
check "lines may end in CR LF" forecast crlf.csv
tr '\n' '\r' <good.csv >cr.csv
check "or in CR" forecast cr.csv
{ echo 'sep=;'; tr ',' ';' <good.csv; } >sep.csv
check "a first line may name the separator" forecast sep.csv
printf '%s' "$(cat good.csv)" >open.csv
check "the last one may have no end" forecast open.csv
{ sed -n 1,5p good.csv; sed -n 8p good.csv; sed -n 6,7p good.csv; sed -n '9,$p' good.csv; } >disorder.csv
check "rows may be in any order" forecast disorder.csv

summary
