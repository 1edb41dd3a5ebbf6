#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the commands about tables and saved forecasters: test_models.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"
differ() { # two texts
    [ "$1" != "$2" ]
}
# Monthly values of two columns with a yearly wave; one is missing.
awk 'BEGIN { print "month,sales,visits"
    for (t = 0; t < 160; t++) printf "%04d-%02d-01,%s,%.4f\n", 2000 + t / 12, 1 + t % 12,
        t == 50 ? "" : sprintf("%.4f", 10 + 3 * sin(6.2832 * t / 12) + 0.3 * sin(1.7 * t * t)), 50 + 0.2 * t + 3 * cos(6.2832 * t / 12) + sin(t * t) }' >shop.csv
short="--updates 5 --networks 1 --jobs 1 --quiet"

section train and predict
run train shop.csv --horizon 6 $short
check "a file of the model is needed" same 2 "$code"
run train shop.csv --horizon 6 $short --model shop.safetensors
check "train saves a forecaster" same "0 0" "$code $(wc -c <out | tr -d ' ')"
run forecast shop.csv --horizon 6 $short
cp out forecast.csv
run predict shop.safetensors shop.csv
check "predict succeeds" same 0 "$code"
check "and has the forecast of lstmts forecast" cmp -s out forecast.csv
awk -F, '{ print $1 "," $3 "," $2 }' shop.csv >turned.csv
run predict shop.safetensors turned.csv
check "columns are found by their names" cmp -s out forecast.csv
run predict shop.safetensors shop.csv --horizon 2
check "a shorter forecast is the beginning" same "$(head -n 3 forecast.csv)" "$(cat out)"
run predict shop.safetensors shop.csv --horizon 7
check "a longer one fails" same 1 "$code"
cut -d, -f1,2 shop.csv >narrow.csv
run predict shop.safetensors narrow.csv
check "a missing column fails" same 1 "$code"
check "and is named" contains err "'visits'"
sed 's/^2\(...\)-\(..\)-01/2\1-01-\2/' shop.csv | head -n 13 >daily.csv
run predict shop.safetensors daily.csv
check "another step fails" same 1 "$code"
check "and is said" contains err 'another step than the forecaster, 1 day: after 2000-01-01, .* is at 2000-02-01$'
run predict missing.safetensors shop.csv
check "a missing model fails" same 1 "$code"
head -c 3000 shop.safetensors >cut.safetensors
run predict cut.safetensors shop.csv
check "a truncated model fails" same "1 0" "$code $(wc -c <out | tr -d ' ')"
head -n 2 shop.csv >one.csv
run predict shop.safetensors one.csv --horizon 1
check "a single row has the step of the model" contains out '^2000-02-01,'
check "that it reads more is noted" contains err '^Note: the forecaster reads the last [0-9]+ rows, the table has 1: '
awk -F, 'NR == 1 { print "name," $0; next } { print "long," $0 } NR < 4 { print "new," $0 }' shop.csv >two.csv
run predict shop.safetensors two.csv --id name
check "so are series of a long table" contains err '^Note: .* rows, 1 series have fewer, the shortest 2: '
run predict shop.safetensors two.csv --id name --quiet
check "unless it is to be quiet" is_empty err
run predict shop.safetensors shop.csv
check "and where there are enough" is_empty err
run forecast shop.csv --horizon 2 --fill refuse --use baseline
check "a missing value is refused by its time" contains err "^lstmts: --fill is refuse, but the value of 'sales' at 2004-03-01 is missing"
run predict shop.csv shop.safetensors
check "the order is said" contains err 'MODEL comes before DATA'
run train shop.csv --horizon 6 --target sale --model x
check "a column is guessed" contains err "no column 'sale' with numbers; did you mean 'sales'\?"
run predict shop.safetensors
check "predict needs a table" same 2 "$code"

section inspect
run inspect shop.safetensors
check "inspect succeeds" same 0 "$code"
check "it verifies the file" contains out '"verified": true'
check "it shows the choice" contains out '"forecast_by"'
check "it shows tensors" contains out '"dtype": "F32"'
run inspect cut.safetensors
check "a truncated file fails" same "1 0" "$code $(wc -c <out | tr -d ' ')"
run inspect shop.csv
check "a table is not a model" contains err 'not a safetensors file'

section inspect a run
run train shop.csv --horizon 6 --updates 40 --networks 1 --jobs 1 --quiet --use networks --model kept --folder kept.run
n=$(ls -d kept.run/training-* | wc -l | tr -d ' ')
run inspect kept.run
check "the folder of a run is inspected" same "0 $n" "$code $(grep -c '"folder": "kept.run/training-' out)"
check "with its recipe" contains out '"command": "train"'
check "their losses" contains out '"least_at": 40'
check "and their snapshots, which are verified" same "$n $n" "$(grep -c '"snapshot_00000040.safetensors"' out) $(grep -c '"verified": true' out)"
run inspect kept.run/training-000/log.jsonl
last_loss=$(tail -n 1 kept.run/training-000/log.jsonl | sed 's/.*"loss":\([0-9.]*\).*/\1/')
check "a log is inspected" contains out "\"last\": $last_loss,"
check "which has lines" contains out "\"lines\": $(wc -l <kept.run/training-000/log.jsonl | tr -d ' '),"
run inspect kept.run/training-000/snapshot_00000040.safetensors
check "a checkpoint is verified" contains out '"verified": true'
check "it has its checksum" contains out '"checksum": "xxh3_128:[0-9a-f]{32}"'
check "and its history" contains out '"updates": "40"'
check "with that of the log" same "$last_loss" "$(grep -o '"last": [0-9.]*' out | cut -d' ' -f2)"
check "numbers are shown as such" contains out '"last.learning_rate": [0-9.]+e?-?[0-9]*,'
check "so is its recipe" contains out '"learning_rate": 0.003'
dd if=/dev/zero of=kept.run/training-000/snapshot_00000040.safetensors bs=1 seek=9000 count=4 conv=notrunc 2>dd.err
run inspect kept.run
check "damage is found" same "1 0" "$code $(wc -l <out | tr -d ' ')"
check "and the file named" contains err 'kept.run/training-000/snapshot_00000040.safetensors is damaged'
{ head -n 1 kept.run/training-001/log.jsonl; echo '{"x":1}'; } >other.jsonl
run inspect other.jsonl
check "other lines are refused" contains err '^lstmts: other.jsonl: line 2: not a line of the log'
printf '{"iteration":9,"lo' >>kept.run/training-001/log.jsonl
run inspect kept.run/training-001/log.jsonl
check "a line without an end is not read" same "0 1" "$code $(grep -c '"updates": 40' out)"
mkdir nothing
run inspect nothing
check "another folder is refused" contains err '^lstmts: nothing: not the folder of a run'

section describe
run describe shop.csv
check "describe succeeds" same 0 "$code"
check "it has the size and the step" contains out '2 columns, 160 rows, step 1 month'
check "it counts missing values" contains out '^sales +159 +1 '
check "it finds the season" contains out 'season: 12 rows; values a season apart differ'
check "and sees it in the autocorrelation" contains out '^autocorrelation: a peak at 12 rows \(0\.[0-9]+\)$'
check "it says which season a fit takes" contains out '^  season    12 rows: to repeat them errs clearly less'
check "and by how much" contains out 'against the last value: 12 rows [0-9]+ % less\)'
check "other defaults have a reason, too" contains out '^  fill      mask: 1 missing values are not scored'
check "and numbers" contains out '104 rows train, 24 choose \(15 %\), 32 judge'
sed 's/^shop.csv/-/' out >described
"$lstmts" describe - <shop.csv >out 2>err
check "standard input is described alike" cmp -s out described
printf 'Gr\303\266\303\237e,x\n1,2\n3,4\n' >umlaut.csv
run describe umlaut.csv
check "letters beyond ASCII keep columns aligned" contains out '^Gr....e {27}2 '
check "with the others" contains out '^x {31}2 '

awk 'BEGIN { print "n"; for (t = 0; t < 400; t++) print 5 + 3 * sin(6.2832 * t / 17) + 0.1 * sin(t * t) }' >other.csv
run describe other.csv --horizon 5
check "a season that no calendar has is found" contains out '^autocorrelation: a peak at 17 rows'
check "and its reason given, for the horizon" same "1 1" "$(grep -c '^  season    17 rows: ' out) $(grep -c 'for a horizon of 5 rows' out)"
head -n 12 shop.csv >short.csv
run describe short.csv
check "a short table is described" same 0 "$code"
check "without defaults" contains out 'fewer than 20 rows, too few to choose by'
head -n 101 shop.csv | sed 1d | awk 'BEGIN { print "n" } { print NR + sin(NR * NR) }' >hundred.csv
for horizon in 11 12 50 51; do
    run describe hundred.csv --horizon $horizon
    cp out described
    run backtest hundred.csv --horizon $horizon --updates 5 --networks 1 --jobs 1
    # 80 rows without the test part, of which the last 15 choose.
    check "a horizon of $horizon in 100 rows has 5 forecasts to choose by up to 11" same $((horizon > 11)) \
        "$(grep -c "^Note: 100 rows are too few to choose by for a horizon of $horizon: .* 5 are needed; the longest horizon that has them is 11\.$" err)"
    check "as the fit found" same $((horizon > 11)) "$(grep -c 'fewer than five validation windows' err)"
    check "as describe says before it" same $((horizon > 11)) "$(grep -c '^  use       a simple method:$' described)"
    check "and is judged up to half of them" same $((horizon > 50)) \
        "$(grep -c 'cannot be said: 100 rows are too few to judge a horizon of 51; the longest one that is judged is 50' err)"
    check "as describe says, too" same $((horizon > 50)) "$(grep -c '^  errors    none: 100 rows are too few to judge' described)"
done
awk 'BEGIN { print "unique_id,ds,y"; for (s = 0; s < 3; s++) for (t = 1; t <= 30 - s; t++) printf "%d,2020-01-%02d,%f\n", s, t, sin(t * t) }' >three.csv
run describe three.csv --horizon 6
check "several series have them together" contains out 'the longest horizon that has them is 3$'
check "as it says" contains out '^            3 series of up to 30 rows are too short to choose by for a horizon of 6:$'
run backtest three.csv --horizon 3 --updates 5 --networks 1 --jobs 1
check "with 3 it does not" same 0 "$(grep -c 'too short to choose by' err)"
run backtest three.csv --horizon 4 --updates 5 --networks 1 --jobs 1
check "with 4 it does" same 1 "$(grep -c 'too short to choose by' err)"

section backtest
run backtest shop.csv --horizon 6 $short --by column
check "backtest succeeds" same 0 "$code"
check "its rows are methods by columns" contains out '^forecaster,all,visits,all,[0-9.]+,'
check "baselines are among them" contains out '^seasonal naive 12,all,all,all,'
run backtest shop.csv --horizon 6 $short --by step -o errors.csv
check "each step has its rows" contains errors.csv '^naive,all,all,6,[0-9.]+,'
awk -F, -v OFS=, '{ print (NR == 1 ? "unique_id" : "\"shop 1, \"\"north\"\"\""), $1, $3 }' shop.csv >quoted.csv
awk -F, -v OFS=, 'NR > 1 { print "other", $1, $3 }' shop.csv >>quoted.csv
run backtest quoted.csv --horizon 6 $short --by series
check "names are quoted where a reader needs it" contains out '^naive,"shop 1, ""north""",all,all,[0-9.]+,'
check "and nowhere else" contains out '^naive,other,all,all,[0-9.]+,'
run backtest shop.csv --horizon 6 $short --by weekday
check "another division is wrong use" same 2 "$code"

section step
sed 1d shop.csv | cut -d, -f2,3 >rows
run step shop.safetensors <rows
check "step succeeds" same 0 "$code"
check "it writes a header and a line per row" same 161 "$(wc -l <out | tr -d ' ')"
check "the header has column and rows ahead" contains out '^sales_1,visits_1,sales_2,.*,visits_6$'
last_is_the_forecast() {
    same "$(awk -F, 'NR > 1 { printf "%s%s,%s", (NR > 2 ? "," : ""), $2, $5 }' forecast.csv)" "$(tail -n 1 out)"
}
check "after the last row it has the forecast of predict" last_is_the_forecast
cp out steps
"$lstmts" step shop.safetensors <shop.csv >out 2>err
check "a header chooses the columns" cmp -s out steps
run step shop.safetensors --every 40 --format jsonl <rows
check "--every forecasts less often" same 4 "$(wc -l <out | tr -d ' ')"
check "as JSON with the row" contains out '^\{"row":160,"sales":\[[^]]*\],"visits":\[[^]]*\]\}$'
check "with the rows ahead of each column" same "$(tail -n 1 steps | cut -d, -f1,3,5,7,9,11)" \
    "$(tail -n 1 out | sed 's/.*"sales":\[\([^]]*\)\].*/\1/')"
head -n 101 shop.csv >before.csv
sed 1,100d rows | "$lstmts" step shop.safetensors before.csv >out 2>err
check "a table has the rows before" same "$(tail -n 60 steps)" "$(sed 1d out)"
mkfifo to_step from_step
"$lstmts" step shop.safetensors <to_step >from_step &
filter=$!
exec 3>to_step 4<from_step
sed -n 1p rows >&3
check "the forecast comes before the next row" same "$(sed -n 1,2p steps)" "$(timeout 20 head -n 2 <&4)"
kill -s TERM $filter
wait $filter
check "SIGTERM ends a filter that waits" same 143 $?
exec 3>&- 4<&-
for line in 1 1,2,3 1,x ''; do
    { sed -n 1p rows && echo "$line"; } | "$lstmts" step shop.safetensors >out 2>err
    check "the line '$line' is refused" same "1 2" "$? $(wc -l <out | tr -d ' ')"
    check "and its number is named" contains err 'standard input: line 2'
done
{ sed -n 1p rows && printf '1,2\000,3\n'; } | "$lstmts" step shop.safetensors >out 2>err
check "a byte 0 is refused" same "1 2" "$? $(wc -l <out | tr -d ' ')"
check "with its line" contains err 'standard input: line 2: there is a byte 0'
run step shop.safetensors --delimiter ab <rows
check "so is a delimiter of two characters" same 1 "$code"
tr , ';' <rows | "$lstmts" step shop.safetensors --delimiter ';' >out 2>err
check "another delimiter gives the same" cmp -s out steps
{ printf '\357\273\277' && cat rows; } | "$lstmts" step shop.safetensors >out 2>err
check "a byte-order mark is skipped" cmp -s out steps
for mark in ';' '|' '\t'; do
    tr , "$mark" <rows | "$lstmts" step shop.safetensors >out 2>err
    check "the first row tells that cells are separated by '$mark'" cmp -s out steps
    tr , "$mark" <shop.csv | "$lstmts" step shop.safetensors >out 2>err
    check "so does a header" cmp -s out steps
    tr ,. "$mark," <rows | "$lstmts" step shop.safetensors >out 2>err
    check "numbers that they have a decimal comma" cmp -s out steps
done
cut -d, -f2 shop.csv | sed 1d | tr . , | awk '{ print "x;y;" $0 ";" 1 }' | head -n 3 >narrow
{ echo 'a;b;sales;visits' && cat narrow; } | "$lstmts" step shop.safetensors >out 2>err
check "also among columns that are skipped" same 4 "$(wc -l <out | tr -d ' ')"
printf '1;2\n1,5;2\n' | "$lstmts" step shop.safetensors >out 2>err
printf '1,2\n1.5,2\n' | "$lstmts" step shop.safetensors >plain.out 2>err
check "whole numbers leave the decimal mark open" cmp -s out plain.out
printf '1;2\n1,5;2.5\n' | "$lstmts" step shop.safetensors >out 2>err
check "two decimal marks are refused" same "1 2" "$? $(wc -l <out | tr -d ' ')"
check "as the message says" contains err "line 2, column 2: '2.5' is not a number; numbers have a decimal comma unless --decimal"
printf '1;2\n' | "$lstmts" step shop.safetensors --delimiter , >out 2>err
check "the option decides" contains err "column 1: '1;2' is not a number; cells are separated by ',' unless --delimiter"
printf '1,5;2\n' | "$lstmts" step shop.safetensors -d ';' --decimal . >out 2>err
check "so does that of the decimal mark" contains err "'1,5' is not a number; numbers have a decimal point unless --decimal"
run step shop.safetensors --format npy <rows
check "a filter does not write NPY" same 2 "$code"
run step --help
check "nor says so" same "csv|jsonl" "$(grep -o 'csv|.*' out)"
tail -n 3 shop.csv | "$lstmts" step shop.safetensors >out 2>err
check "rows may have the time of the table" same "0 4" "$? $(wc -l <out | tr -d ' ')"
tail -n 3 shop.csv | cut -d, -f2- | "$lstmts" step shop.safetensors >plain.out 2>err
check "which is skipped" cmp -s out plain.out
tail -n 3 shop.csv | awk -F, '{ print $2 "," $1 "," $3 }' | "$lstmts" step shop.safetensors >out 2>err
check "in any place" cmp -s out plain.out
tail -n 3 shop.csv | sed 's/$/,x/' | "$lstmts" step shop.safetensors >out 2>err
check "more cells need a header" same 1 $?
check "as the message says" contains err "line 1, column 1: '.*' is not a number; after a header, other columns are skipped"
head -n 2 rows | tail -n 1 | sed 's/$/,1/' | "$lstmts" step shop.safetensors >out 2>err
check "also without a time" contains err 'line 1, column 3: cells in the row: 3, expected 2; after a header, other columns are skipped'

printf '"visits","sa""les, x",sales\n"1.5",2,"3"\n' | "$lstmts" step shop.safetensors >out 2>err
check "cells and names may have quotes" same "0 2" "$? $(wc -l <out | tr -d ' ')"
printf '3,1.5\n' | "$lstmts" step shop.safetensors >plain.out 2>err
check "which are not read" cmp -s out plain.out
for row in 1 1,2,3 1,2,3,4; do
    { sed -n 1p rows; echo "$row"; } | "$lstmts" step shop.safetensors >out 2>err
    n=$(echo "$row" | tr -cd , | wc -c)
    check "the first cell that '$row' lacks, or has too many, is named" contains err \
        "line 2, column $((n < 1 ? 2 : 3)): cells in the row: $((n + 1)), expected 2"
done
printf 'sales,visits,sales\n' | "$lstmts" step shop.safetensors >out 2>err
check "a column that is there twice is named with its place" contains err "line 1, column 3: column 'sales' is there twice"
for value in 0x10 1e99 inf 1_0 '1 0' '"1"2'; do
    printf '1,2\n%s,2\n' "$value" | "$lstmts" step shop.safetensors >out 2>err
    check "the cell '$value' is refused" same "1 2" "$? $(wc -l <out | tr -d ' ')"
    check "with line and column" contains err "line 2, column 1: '$value'"
done
{ sed -n 1p rows && echo 'NULL,-999'; } | "$lstmts" step shop.safetensors --missing -999 >out 2>err
check "markers of missing values are those of tables" same "0 3" "$? $(wc -l <out | tr -d ' ')"
tr ,. ';,' <rows | "$lstmts" step shop.safetensors --delimiter ';' --decimal , >out 2>err
check "a decimal comma gives the same" cmp -s out steps
run step shop.safetensors --decimal , <rows
check "but is no delimiter" contains err 'is not a number; with a decimal comma, another character separates cells'
run step shop.safetensors --decimal , --delimiter , <rows
check "also by options" contains err 'needs another --delimiter'
run forecast shop.csv --horizon 6 $short --levels 50,80,90 -m levels -o wide.csv
run step levels --levels 80 --horizon 2 shop.csv </dev/null
check "the header has bounds behind their value" same \
    "sales_1,sales_1_lower_80,sales_1_upper_80,visits_1,visits_1_lower_80,visits_1_upper_80,sales_2" "$(cut -d, -f1-7 out)"
run step levels --levels 80,90 <rows
check "step has intervals" same "0 161" "$code $(wc -l <out | tr -d ' ')"
bounds_agree() { # time, sales and its bounds of 50, 80 and 90 %, visits with its bounds
    awk -F, 'NR > 1 { for (i = 2; i <= 9; i += 7) printf "%s%s,%s,%s,%s,%s", (NR > 2 || i > 2 ? "," : ""),
        $i, $(i + 3), $(i + 4), $(i + 5), $(i + 6) }' wide.csv | awk -F, '{ for (i = 1; i <= NF; i++) a[i] = $i; n = NF }
        END { while ((getline line <"last") > 0) m = split(line, b, ",")
            if (n != m) exit 1
            for (i = 1; i <= n; i++) if ((a[i] - b[i]) ^ 2 > 1e-6 * a[i] ^ 2) { print i, a[i], b[i]; exit 1 } }'
}
head -n 160 shop.csv >before.csv
tail -n 1 rows | "$lstmts" step levels before.csv --levels 80,90 >out 2>err
tail -n 1 out >last
check "after the last row they are those of a forecast" bounds_agree
run step levels --levels 80 --format jsonl --every 160 <rows
check "JSON has them by level" contains out '^\{"row":160,"sales":\[[^]]*\],"sales_lower_80":\[[^]]*\],"sales_upper_80":\[[^]]*\],"visits":\['
run step levels --levels 80 --horizon 1 --format jsonl --every 160 <rows
names_of() { # a line of JSON
    grep -o '"[^"]*":' "$1" | grep -v -e row -e month | sort
}
names_of out >of_step
"$lstmts" predict levels shop.csv --horizon 1 --format jsonl | sed 's/,"[a-z]*_[a-z]*_[59]0":[^,}]*//g' >out
names_of out >of_predict
check "with the names that predict has" cmp -s of_step of_predict
head -n 30 shop.csv | sed '1s/.*/month,"a, ""b""",c/' >named.csv
"$lstmts" train named.csv --horizon 1 --use baseline --quiet --model named
run step named </dev/null
check "names with commas and quotes are cells in the header" same '"a, ""b""_1",c_1' "$(cat out)"
printf '1,2\n' | "$lstmts" step named --format jsonl >out
check "and strings in JSON" contains out '^\{"row":1,"a, \\"b\\"":\[[-0-9.]+\],"c":\[[-0-9.]+\]\}$'
run step levels --levels 85 <rows
check "another level is refused" contains err 'no intervals of 85 %'
run step levels --levels 80 --horizon 7 <rows
check "so is a longer horizon" same 1 "$code"

awk 'BEGIN { print "x"; for (t = 0; t < 60; t++) print t % 7 }' >untimed.csv
run forecast untimed.csv --horizon 2 --use baseline --quiet --format jsonl
check "rows without times are numbers in JSON" contains out '^\{"row":61,"x":'
awk 'BEGIN { print "t,x"; for (t = 0; t < 60; t++) printf "2020-01-01T00:00:%02d.5,%d\n", t, t % 7 }' >fraction.csv
run describe fraction.csv
check "a column of fractions of seconds is left out with its reason" contains out 'is left out: it has times with fractions'

section known covariates
awk -F, 'NR == 1 { print $0 ",offer"; next } { print $0 "," NR % 3 }
    END { for (t = 0; t < 8; t++) printf "%04d-%02d-01,,,%d\n", 2013 + (t + 4) / 12, 1 + (t + 4) % 12, t % 3 }' shop.csv >planned.csv
run train planned.csv --horizon 6 $short --known offer --use networks --model planned
check "a model of a known covariate is saved" same 0 "$code"
sed 1d rows | head -n 1 | sed 's/$/,1/' >more
run step planned <more
check "a filter has no values to come" same "1 1" "$code $(wc -l <out | tr -d ' ')"
check "which is said with the column" contains err "standard input: line 1: the known covariate 'offer' has 0 values to come, .* the last rows of DATA"
run train planned.csv --horizon 6 $short --known offer --use baseline --model unplanned
run step unplanned <more
check "a simple method, which reads none, needs none" same "0 2" "$code $(wc -l <out | tr -d ' ')"
for i in 1 2 3; do cat more; done | "$lstmts" step planned planned.csv >out 2>err
check "those of a table last as long as they are enough" same "1 3" "$? $(wc -l <out | tr -d ' ')"
check "then their number is said" contains err "standard input: line 3: the known covariate 'offer' has 5 values to come, .* needs 6"
{ head -n 161 planned.csv && sed "s/^/2013-05-01,/" more && tail -n 7 planned.csv; } >then.csv
"$lstmts" step planned planned.csv <more >steps.out 2>err
run predict planned then.csv
check "the forecast is that of a table with the row" same "$(awk -F, 'NR > 1 { printf "%s%s,%s", (NR > 2 ? "," : ""), $2, $5 }' out)" \
    "$(tail -n 1 steps.out)"
awk -F, 'NR == 166 { sub(/[0-9]*$/, "") } { print }' planned.csv >hole.csv
run predict planned hole.csv
check "a row to come without its value is named" contains err "'offer' has no value at 2013-09-01"
head -n 166 planned.csv >less.csv
run predict planned less.csv
check "so is the last row with targets" contains err "has 5 values after the last row with targets, at 2013-04-01, but"
awk -F, 'NR == 1 { print $0 ",price"; next } { print $0 "," (NR == 165 || NR == 166 ? "" : NR % 5) }' planned.csv >partly.csv
run forecast partly.csv --horizon 6 --use baseline --known offer,price
check "one of two that is missing is noted" same "0 1" "$code $(grep -c "^Note: .* 'price' has no value at 2013-08-01, in a row that is forecast, and 1 more" err)"
run forecast partly.csv --horizon 6 --use baseline --known offer,price --quiet
check "but not with --quiet" same 0 "$(wc -c <err | tr -d ' ')"

section networks
run step "$project/../../tests/released/v2_model.safetensors" --levels 90 </dev/null
check "a network has no intervals" same 1 "$code"
network=$project/../../tests/released/v2_model.safetensors
run inspect "$network"
check "inspect verifies a network, too" contains out '"verified": true'
printf '0.1,0.2\n0.2,0.1\n' | "$lstmts" step "$network" >out 2>err
check "a network is a filter" same "0 3" "$? $(wc -l <out | tr -d ' ')"
check "that keeps its state" differ "$(sed -n 2p out)" "$(printf '0.2,0.1\n' | "$lstmts" step "$network" | tail -n 1)"
printf '0.1,0.2\n0.2,\n' | "$lstmts" step "$network" >out 2>err
check "it takes no missing value" same "1 2" "$? $(wc -l <out | tr -d ' ')"
check "and names the line" contains err 'line 2'
run step "$network" --horizon 2
check "with other outputs than inputs it forecasts one row" same 1 "$code"

summary
