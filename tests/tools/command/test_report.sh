#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs lstmts report and forecast --report with short trainings: test_report.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

table() { # columns, rows
    awk -v K="$1" -v T="$2" 'BEGIN { srand(1); printf "time"
        for (k = 0; k < K; k++) printf ",c%d", k
        print ""
        for (t = 0; t < T; t++) {
            printf "%d", 1600000000 + 3600 * t
            for (k = 0; k < K; k++) printf ",%.3f", 10 + 3 * sin(6.2832 * t / 24 + k) + rand()
            print "" } }'
}
differ() { # two files
    ! cmp -s "$1" "$2"
}
short="--horizon 12 --updates 10 --networks 1 --jobs 1 --use networks"
table 2 240 >"two loads.csv"

section wrong use
run report
check "a table is needed" same 2 "$code"
run report "two loads.csv"
check "and a horizon" same "2 0" "$code $(wc -c <out | tr -d ' ')"
run report missing.csv --horizon 12 -o missing.html
check "a missing table fails" same 1 "$code"
check "without a report" same "" "$(ls missing.html* 2>ls.err)"
run report "two loads.csv" $short -q -o nowhere/r.html
check "so does a folder that is missing" same 1 "$code"
run forecast "two loads.csv" $short --report -
check "forecast and report cannot both be standard output" same "2 0" "$code $(wc -c <out | tr -d ' ')"

section weeks and days
awk 'BEGIN { print "date,y"; for (t = 0; t < 120; t++) printf "%d-01-01,%.3f\n", 1900 + t, 10 + 3 * sin(t) + (t * t % 7) / 10 }' >years.csv
run report years.csv --horizon 4 --updates 5 --networks 1 --jobs 1 -q
check "years have no days of the week" same "0 0" "$code $(grep -c 'day of the week' out)"
run report "two loads.csv" $short -q
check "hours have" contains out 'By day of the week'

section report
run report "two loads.csv" $short
check "a report succeeds" same 0 "$code"
check "it is HTML" same "<!DOCTYPE html>" "$(head -n 1 out)"
check "which is complete" same "</html>" "$(tail -n 1 out)"
check "with its table in the title" contains out '<title>Forecast of two loads.csv</title>'
for part in forecasts metrics steps residuals training data settings; do
    check "it has the section $part" contains out "<section id=\"$part\""
done
check "it compares with seasonal naive" contains out '>seasonal naive 24</th>'
check "it tells the step" contains out '<th scope="row">Step</th><td>1 hour</td>'
check "how much the intervals hold" contains out 'over all steps: [0-9.]+ %.*wanted share: 90 %'
same_share() { # as the line on standard error says, which is rounded
    same "$(sed -n 's/^Its 90 % intervals held \([0-9]*\) % .*/\1/p' err)" \
        "$(sed -n 's/.*over all steps: \([0-9.]*\) %.*/\1/p' out | head -n 1 | awk '{ printf "%.0f", $1 }')"
}
check "as the run says" same_share
run report "two loads.csv" $short --target c1 -q
check "a covariate is named" contains out '<th scope="row">Covariate</th><td>c0</td>'
run report "two loads.csv" $short
check "and the seed" contains out '<th scope="row">Seed</th><td>0</td>'
no_request() {
    ! sed 's|http://www.w3.org/2000/svg||g; s|href="data:,"||g' out | grep -Ei ' (src|href)=|url\(|@import|https?://'
}
check "it requests nothing" no_request
cp out first.html
sed -n "s/.*<pre[^>]*>\(lstmts .*\)<.pre>/\1/p" out | sed "s/&#39;/'/g; s/&quot;/\"/g" >again.sh
check "it has the command that makes it" contains again.sh "^lstmts report 'two loads.csv' --horizon 12"
PATH=$(dirname "$lstmts"):$PATH sh again.sh >again.html 2>err
check "which makes the same bytes" cmp -s again.html first.html
for n in 3 25; do # updates of a network, not as many as lines of the log
    run report "two loads.csv" $short -q --updates $n
    cp out alone.html
    run report "two loads.csv" $short -q --updates $n --folder "run $n"
    check "a run of $n updates in a folder has the same report" cmp -s out alone.html
done
run report "two loads.csv" $short -q --seed 3 -o third.html
check "another seed has another report" differ third.html first.html
check "-o writes nothing else" is_empty out

section forecast --report
run forecast "two loads.csv" $short -q -o plain.csv
run forecast "two loads.csv" $short -q --report side.html
check "the forecast is as without a report" cmp -s out plain.csv
shown() { # the command line is another
    sed 's/<pre[^>]*>lstmts .*<.pre>//' "$1"
}
shown side.html >a
shown first.html >b
check "the report as that of lstmts report" cmp -s a b
last=$(tail -n 1 plain.csv | cut -d, -f2 | cut -c1-5)
check "it has the last value of the forecast" contains side.html "$last"
run train "two loads.csv" $short -q -m m --report side.html
shown side.html >a
check "so does lstmts train" cmp -s a b

section predict --report
run train "two loads.csv" $short -q -m saved --folder "saved run"
run predict saved "two loads.csv" --report saved.html
cp out plain.csv
check "a saved forecaster has a report" same 0 "$code"
check "with its forecasts" contains saved.html '<section id="forecasts"'
check "which says what it lacks" contains saved.html 'It has no errors beside simple methods, no residuals and no coverage'
check "and why it has no losses" contains saved.html 'no training curve, which is in the folder of the fit'
for part in metrics steps residuals training; do
    check "there is no section $part" same 0 "$(grep -c "<section id=\"$part\"" saved.html)"
done
check "rows have no parts" contains saved.html '<th scope="row">Rows</th><td>240</td>'
check "it has the command that makes it" contains saved.html "lstmts predict saved &#39;two loads.csv&#39; --report saved.html"
run predict saved "two loads.csv"
check "the forecast is as without a report" cmp -s out plain.csv
run predict saved "two loads.csv" --report saved.html --folder "saved run" -o plain.csv
check "the folder of the fit has its losses" contains saved.html '<section id="training"'
check "then they are not lacking" same 0 "$(grep -c 'no training curve' saved.html)"
run predict saved "two loads.csv" --report saved.html --folder nowhere -o plain.csv
check "another folder is refused" contains err '^lstmts: --folder: nowhere has no training'
run predict saved "two loads.csv" --report -
check "forecast and report cannot both be standard output" same "2 0" "$code $(wc -c <out | tr -d ' ')"

section tables
table 8 20000 >large.csv
run report large.csv --horizon 48 --season none --use baseline --jobs 1 -q
check "8 columns of 20000 rows make a report" same 0 "$code"
is_small() {
    size=$(wc -c <out | tr -d ' ')
    [ "$size" -le 1000000 ] || { echo "$size bytes"; false; }
}
check "of at most 1 MB" is_small
awk 'BEGIN { print "unique_id,ds,y"
    for (s = 1; s <= 2; s++) for (t = 0; t < 100; t++)
        printf "<s%d>,%04d-%02d-01,%.3f\n", s, 2000 + t / 12, 1 + t % 12, s * 10 + sin(6.2832 * t / 12) + 0.1 * sin(t * t) }' >long.csv
run report long.csv --horizon 6 --updates 5 --networks 1 -j1 -q
check "a long table has a report" same 0 "$code"
check "whose names are escaped" contains out '&lt;s2&gt;'
awk -F, 'NR == 1 || $1 == "<s1>" || (/^<s2>/ && ++n <= 48)' long.csv | awk -F, -v OFS=, '/^<s2>/ && ++n > 38 { $3 += n % 2 * 5 } { print }' >unequal.csv
run report unequal.csv --horizon 6 --updates 5 --networks 1 -j1
check "of series of unequal length it has the share that the run says" same_share
awk 'BEGIN { for (t = 0; t < 40; t++) print sin(t * t) }' >short.csv
run report short.csv --horizon 30 --updates 5 --networks 1 -j1 -q
check "a table without a test part has a report" same 0 "$code"

summary
