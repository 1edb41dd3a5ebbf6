#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the built examples and checks what they print and write: test_examples.sh BUILD_DIR
set -u
export LC_ALL=C
. "$(dirname "$0")/examples_check.sh"
sine=$examples/sine

# "LINES COLUMNS" of a CSV file, or the number of the first line with another number of columns.
csv_size() {
    awk -F, 'NR == 1 { columns = NF }
        NF != columns { print "line " NR; exit }
        END { if (NF == columns) print NR, columns }' "$1"
}

updates() { # folder with snapshots
    for file in "$1"/snapshot_*.safetensors; do
        number=${file##*snapshot_}
        printf '%s ' "${number%.safetensors}"
    done
}
every_150='00000150 00000300 00000450 00000600 00000750 00000900 00001050 00001200 00001350 00001500 '

# The log's iterations are 1, 2, 3 ... 1500, each with the loss of the last step.
whole_log() { # log
    awk '
        !match($0, /"iteration": *[0-9]+/) { print "no iteration in line " NR; bad = 1 }
        { n = substr($0, RSTART, RLENGTH); sub(/.*[: ]/, "", n)
          if (n != NR) { print "line " NR " has iteration " n; bad = 1 } }
        !/"last_loss": *[0-9]/ { print "no last_loss in line " NR; bad = 1 }
        END { if (NR != 1500) print NR " lines"; exit bad || NR != 1500 }' "$1"
}

# The rows of the table that a training prints.
training_table() {
    awk '$1 ~ /^[0-9]+$/ && NF == 3 && $3 > 0 { printf "%s/%s ", $1, $2 }' "$1"
}

section forecast

within_the_noise() { # months 120 .. 131 of 100 + t/2 + 20 sin(0.5236 t), with a noise of 3
    sed 1d "$1" | awk '{ e = $2 - (100 + $1 / 2 + 20 * sin(0.5236 * $1)); if (e < 0) e = -e
          if (e > worst) worst = e }
        $1 != 119 + NR || NF != 3 { print "line " NR ": " $0; bad = 1 }
        END { if (NR != 12 || !(worst < 6)) print NR " rows, largest error " worst
              exit bad || NR != 12 || !(worst < 6) }'
}
"$examples/forecast" >forecast.out 2>forecast.err
check "forecast succeeds" same 0 $?
check "forecast says nothing on standard error" is_empty forecast.err
check "forecast prints a heading" same "month forecast true" "$(sed -n 1p forecast.out | xargs)"
check "forecast is as good as the noise allows" within_the_noise forecast.out

section minimal

follows_the_sine() {
    sed 1d "$1" | awk '{ e = $2 - $3; if (e < 0) e = -e; if (e > worst) worst = e
          t = $3 - sin(0.3 * $1); if (t < 0) t = -t; if (t > 0.0006) bad = 1 }
        $1 != 119 + 3 * NR || NF != 3 { print "line " NR ": " $0; bad = 1 }
        END { if (NR != 10 || !(worst < 0.1)) print NR " rows, largest error " worst
              exit bad || NR != 10 || !(worst < 0.1) }'
}
"$examples/minimal" >minimal.out 2>minimal.err
check "minimal succeeds" same 0 $?
check "minimal says nothing on standard error" is_empty minimal.err
check "minimal prints a heading" same "row forecast true" "$(sed -n 1p minimal.out | xargs)"
check "minimal forecasts rows that it has not seen to 0.1" follows_the_sine minimal.out

section demo

"$project/examples/sine/demo.sh" "$build" demo >demo.out 2>demo.err
check "the demo succeeds" same 0 $?
check "the demo says nothing on standard error" is_empty demo.err
check "piped output has no carriage returns" same 0 "$(tr -dc '\r' <demo.out | wc -c)"
check "the demo names the folder of its results" contains demo.out "are in $folder/demo\$"

section learn and closed_loop

sed -n '/^== learn/,/^== closed/p' demo.out >learn.out
sed -n '/^== closed/,/^== check/p' demo.out >closed_loop.out
check "learn prints a row every 10 epochs" same \
    '150/10 300/20 450/30 600/40 750/50 900/60 1050/70 1200/80 1350/90 1500/100 ' \
    "$(training_table learn.out)"
check "closed_loop prints a row every 150 updates, by epochs of 120 windows" same \
    '150/12 300/25 450/37 600/50 750/62 900/75 1050/87 1200/100 1350/112 1500/125 ' \
    "$(training_table closed_loop.out)"
for recipe in learn closed_loop; do
    check "$recipe reports 1500 updates, time and memory" \
        contains $recipe.out '^1500 updates in [0-9.]+ s, peak memory [0-9.]+ MB$'
done
check "learn logs each of 1500 updates" whole_log demo/article/log.jsonl
check "closed_loop logs each of 1500 updates" whole_log demo/closed_loop/log.jsonl
check "learn writes 10 snapshots" same "$every_150" "$(updates demo/article)"
check "closed_loop writes 10 snapshots" same "$every_150" "$(updates demo/closed_loop)"

is_the_article_data() {
    awk -F, 'NR > 1 { t = 8 * atan2(0, -1) * (NR - 2) / 199
          if ($1 != NR - 2 || $2 != (NR - 2 < 150 ? "train" : "test") ||
              ($3 - 0.8 * sin(2 * t)) ^ 2 > 1e-14 || ($4 - 0.8 * cos(t)) ^ 2 > 1e-14) {
              print "line " NR ": " $0; bad = 1 } }
        END { exit bad || NR != 201 }' demo/article/data.csv
}
check "data.csv is the article's data" is_the_article_data

sums() {
    cksum demo/article/*.jsonl demo/article/*.safetensors demo/article/*.csv
}
before=$(sums)
"$sine/sine_learn" demo/article >again.out
check "learn in a finished folder succeeds" same 0 $?
check "it says where it stands" contains again.out '^resuming after update 1500$'
check "it changes no file" same "$before" "$(sums)"

mkdir other_seed
cp demo/article/snapshot_00001500.safetensors demo/article/log.jsonl other_seed
"$sine/sine_learn" other_seed 2 >other.out 2>other.err
check "learn with another seed refuses the folder" same 1 $?
check "and says why" contains other.err '^resume: .*seed'

section check

loss_csv=demo/article/loss.csv
column() { # file, line, column
    sed -n "$2p" "$1" | cut -d, -f"$3"
}
middle_of() { # column, first and last line: the mean of the two middle values, of an even number
    sed -n "$2,$3p" $loss_csv | cut -d, -f"$1" | awk '{ printf "%.15f\n", $1 }' | sort -n |
        awk '{ v[NR] = $1 } END { printf "%.6e\n", (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
logged_loss() { # line
    sed -n "$1p" demo/article/log.jsonl | sed 's/.*"last_loss": *\([^,]*\),.*/\1/'
}
close_numbers() { # a, b, largest difference as a part of a
    awk -v a="$1" -v b="$2" -v part="$3" 'BEGIN {
        d = a > b ? a - b : b - a
        if (a == "" || b == "" || !(d <= part * a)) { print a, "and", b; exit 1 } }'
}
check "loss.csv has a line per update" same "1501 4" "$(csv_size $loss_csv)"
check "its loss is that of the last step" \
    close_numbers "$(logged_loss 1234)" "$(column $loss_csv 1235 2)" 1e-8
check "the median of 10 is empty before update 10" same "" "$(column $loss_csv 10 3)"
check "the median of 100 is empty before update 100" same "" "$(column $loss_csv 100 4)"
check "the first median of 10 is right" \
    close_numbers "$(middle_of 2 2 11)" "$(column $loss_csv 11 3)" 1e-5
check "the first median of 100 is right" \
    close_numbers "$(middle_of 2 2 101)" "$(column $loss_csv 101 4)" 1e-5
check "the last median of 100 is right" \
    close_numbers "$(middle_of 2 1402 1501)" "$(column $loss_csv 1501 4)" 1e-5

section valid

total_is_the_root_of_the_mean() {
    awk -F, 'NR > 1 && ($1 != NR - 1 || ($2 ^ 2 + $3 ^ 2) / 2 - $4 ^ 2 > 1e-6 * $4 ^ 2 ||
          $4 ^ 2 - ($2 ^ 2 + $3 ^ 2) / 2 > 1e-6 * $4 ^ 2) { print; bad = 1 }
        END { exit bad }' "$1"
}
for recipe in article closed_loop; do
    table=demo/$recipe/valid.csv
    curves=demo/$recipe/valid_snapshots.csv
    check "$recipe: valid.csv has 20 recursions of 2 columns and Total" \
        same "21 4" "$(csv_size $table)"
    check "$recipe: Total is the root of the columns' mean square" \
        total_is_the_root_of_the_mean $table
    check "$recipe: valid_snapshots.csv has a curve per snapshot" \
        same "21 11" "$(csv_size $curves)"
    check "$recipe: the last curve is valid.csv's Total" \
        same "$(cut -d, -f4 $table | sed 1d)" "$(cut -d, -f11 $curves | sed 1d)"
done
below() { # limit, number
    awk -v limit="$1" -v x="$2" 'BEGIN { if (x == "" || !(x < limit)) { print x; exit 1 } }'
}
check "the article's recipe learns the first step" below 0.04 "$(column demo/article/valid.csv 2 4)"
check "training the loop carries to recursion 20" \
    below 0.05 "$(column demo/closed_loop/valid.csv 21 4)"

section pred

truth_is_the_next_test_row() {
    sed 1d demo/article/data.csv | sed -n '152,200p' | cut -d, -f3,4 >expected
    sed 1d "$1" | sed -n '1,49p' | cut -d, -f2,3 >found
    paste -d, expected found | awk -F, '($1 - $3) ^ 2 > 1e-12 || ($2 - $4) ^ 2 > 1e-12 {
        print "line " NR ": " $0; bad = 1 }
        END { exit bad || NR != 49 }'
}
printed_rmse_is_that_of_the_csv() { # csv, output of sine_pred
    error=$(awk -F, 'NR >= 12 && NR <= 50 { s += ($2 - $4) ^ 2 + ($3 - $5) ^ 2; n += 2 }
        END { print sqrt(s / n) }' "$1")
    close_numbers "$error" "$(sed -n 's/^RMSE of steps 10-48.*: //p' "$2")" 0.02
}
for recipe in article closed_loop; do
    check "$recipe: pred.csv has 50 steps" same "51 5" "$(csv_size demo/$recipe/pred.csv)"
    check "$recipe: its truth is the next test row" truth_is_the_next_test_row demo/$recipe/pred.csv
    check "$recipe: where there is no row the truth is empty" \
        same "49,," "$(sed -n 51p demo/$recipe/pred.csv | cut -d, -f1-3)"
    "$sine/sine_pred" demo/$recipe >pred.out
    check "$recipe: the printed RMSE is that of steps 10-48" \
        printed_rmse_is_that_of_the_csv demo/$recipe/pred.csv pred.out
    check "$recipe: pred_from_0_1.csv has 50 steps without truth" same "51 5 50" \
        "$(csv_size demo/$recipe/pred_from_0_1.csv) $(
            grep -Ec '^[0-9]+,,,[-0-9.e]+,[-0-9.e]+$' demo/$recipe/pred_from_0_1.csv)"
done

section compare

verdicts=' (in|below|above) the range$| times the article.s$'
check "the demo compares 14 figures of one recipe and 5 of the other" \
    same 19 "$(grep -Ec "$verdicts" demo.out)"
printed_total=$(sed -n 's/^ *1500 *Total at recursion 20 *\([0-9.]*\) .*/\1/p' demo.out | sed -n 2p)
check "the closed loop is not said to be outside the article's range" same 14 \
    "$(grep -Ec ' the range$' demo.out)"
check "the printed Total of the closed loop is that of valid.csv" \
    close_numbers "$(column demo/closed_loop/valid.csv 21 4)" "$printed_total" 0.01
"$sine/sine_compare" demo/article >/dev/null 2>compare.err
check "compare without the other recipe shows its usage" same 2 $?
check "and says it on standard error" contains compare.err '^usage: '
"$project/examples/sine/twelve_seeds.sh" "$build" seeds 3 >seeds.out
check "twelve_seeds gives a verdict" contains seeds.out \
    '^Article.s recipe: [0-9]+ of 14 figures in the range'
check "and one on the closed loop" contains seeds.out \
    '^Closed-loop recipe at recursion 20: [0-9.e-]+, (at most|ABOVE) 0.02'
check "the same seed gives the same figures" \
    same "$(grep -E "$verdicts" demo.out)" "$(grep -E "$verdicts" seeds.out)"

section a run that is interrupted

# The first line comes with the first update, when the program listens. One interrupt: a second would
# end it at once.
mkdir stopped
"$sine/sine_learn" stopped >stopped.out 2>&1 &
learn=$!
tries=0
until grep -q iteration stopped.out || [ $tries = 1000 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
kill -INT $learn
wait $learn
check "an interrupted learn ends in order" same 0 $?
check "it says where it stopped" contains stopped.out '^stopped at update [0-9]+;'
check "it leaves a snapshot of that moment" same \
    "$(sed -n 's/^stopped at update \([0-9]*\);.*/\1/p' stopped.out)" \
    "$(updates stopped | tr ' ' '\n' | sed -n 's/^0*//; /./p' | tail -n 1)"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    script -qec "'$sine/sine_learn' stopped" terminal.out >/dev/null </dev/null
    check "on a terminal there is a progress bar" contains terminal.out 'updates/s +[0-9.]+ s left'
    check "the bar is drawn in place" contains terminal.out "$(printf '\r')\[#"
else
    echo "there is no pseudo-terminal here: no progress bar is looked at"
    "$sine/sine_learn" stopped >terminal.out
fi
check "the run resumes where it stopped" contains terminal.out '^resuming after update [1-9]'
"$sine/sine_valid" stopped >/dev/null
check "and ends in the model of a run that never stopped" \
    cmp demo/article/valid.csv stopped/valid.csv
check "with a whole log" whole_log stopped/log.jsonl

section state

model=demo/article/snapshot_00001500.safetensors
# What the model saw in pred.csv: ten test rows, then its own outputs.
{
    sed 1d demo/article/data.csv | sed -n '151,160p' | cut -d, -f3,4
    sed 1d demo/article/pred.csv | sed -n '10,49p' | cut -d, -f4,5
} >rows
agrees_with_pred() {
    sed 1d demo/article/pred.csv | cut -d, -f4,5 | tr , ' ' | paste -d' ' - "$1" |
        awk 'NF != 4 || ($1 - $3) ^ 2 > 1e-10 || ($2 - $4) ^ 2 > 1e-10 { print "row " NR ": " $0
            bad = 1 }
        END { exit bad || NR != 50 }'
}
"$examples/state" $model <rows >forecasts
check "state succeeds" same 0 $?
check "it prints row for row what pred forecasts" agrees_with_pred forecasts
tr ',' '\t' <rows | "$examples/state" $model >forecasts_from_tabs
check "rows may be separated by white space" cmp forecasts forecasts_from_tabs
"$examples/state" $model </dev/null >no_forecasts
check "no rows, no forecasts, success" same "0 0" "$? $(wc -c <no_forecasts)"

mkfifo to_stream from_stream
"$examples/state" $model <to_stream >from_stream &
stream=$!
exec 3>to_stream 4<from_stream
sed -n 1p rows >&3
check "the forecast comes before the next row" \
    same "$(sed -n 1p forecasts)" "$(timeout 20 head -n 1 <&4)"
exec 3>&- 4<&-
wait $stream

refused() { # what is wrong, text after the first row, what the message says
    { sed -n 1p rows && printf '%b' "$2"; } | "$examples/state" $model >bad.out 2>bad.err
    status=$?
    check "state refuses $1" same "1 1" "$status $(wc -l <bad.out | tr -d ' ')"
    check "naming the line: $3" contains bad.err "^state: line 2: $3"
}
refused "a row of one number" '0.5\n0.5 0.5\n' 'numbers found: 1; the model takes 2'
refused "a row of three numbers" '0.5 0.5 0.5\n' 'numbers found: 3; the model takes 2'
refused "words" 'one two\n' 'not a row of numbers'
refused "a number that runs into a word" '0.5 0.5x\n' 'not a row of numbers'
refused "an empty field" '0.5,,0.5\n' 'not a row of numbers'
refused "a comma at the end" '0.5,0.5,\n' 'not a row of numbers'
refused "an empty line" '\n0.5 0.5\n' 'numbers found: 0; the model takes 2'
refused "a value that is not finite" '0.5 nan\n' '.*'
refused "a line without end" "$(head -c 70000 /dev/zero | tr '\0' 1)\n" 'not a line of text'
"$examples/state" missing.safetensors </dev/null 2>missing.err
check "state without its model fails" same 1 $?
check "and names the file" contains missing.err '^state: missing.safetensors: '

section pictures

pictures='gain article/data article/loss article/valid article/valid_snapshots article/pred
article/pred_from_0_1 closed_loop/loss closed_loop/valid closed_loop/valid_snapshots
closed_loop/pred'
is_png() { # signature, size 1280 x 800, and the last chunk
    same '137 80 78 71 13 10 26 10' "$(od -An -tu1 -N8 "$1" | xargs)" &&
        same '0 0 5 0 0 0 3 32' "$(od -An -tu1 -j16 -N8 "$1" | xargs)" &&
        same 'IEND' "$(tail -c 8 "$1" | head -c 4)"
}
is_svg() { # whole, with a title and curves
    same '</svg>' "$(grep . "$1" | tail -n 1)" && contains "$1" '^<svg' && contains "$1" '<path'
}
if command -v gnuplot >/dev/null; then
    names_what_to_open() {
        named=$(tail -n 2 demo.out | grep -Eo '/[^ ]*[.]png' | xargs)
        same "$folder/demo/closed_loop/pred.png $folder/demo/gain.png" "$named"
    }
    check "the last lines of the demo name the pictures to open first" names_what_to_open
    for picture in $pictures; do
        check "$picture.png is a picture" is_png "demo/$picture.png"
        check "$picture.svg is a picture" is_svg "demo/$picture.svg"
    done
else
    check "without gnuplot the demo says so" contains demo.out '^There are no pictures'
fi

summary
