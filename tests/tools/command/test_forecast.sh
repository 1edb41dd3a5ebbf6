#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs lstmts forecast with short trainings, and with wrong use: test_forecast.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

# A week of a daily wave with noise: 240 rows every hour, from a known day.
awk 'BEGIN { print "time,load,wind"
    for (t = 0; t < 240; t++) printf "2021-03-%02d %02d:00,%.4f,%.4f\n", 1 + t / 24, t % 24,
        10 + 3 * sin(6.2832 * t / 24) + 0.3 * sin(1.7 * t * t), 5 + cos(6.2832 * t / 24) + 0.2 * sin(t * t) }' >load.csv
differ() { # two files
    ! cmp -s "$1" "$2"
}
short="--horizon 12 --updates 5 --networks 1 --jobs 1 --use networks"

section wrong use
run
check "no command is wrong use" same 2 "$code"
run frobnicate
check "an unknown command is wrong use" same 2 "$code"
check "and is named" contains err "'frobnicate' is not a command"
run forecast --frobnicate load.csv
check "an unknown option is wrong use" same 2 "$code"
check "and is named" contains err "no option '--frobnicate'"
run forecast -Z load.csv
check "so is an unknown letter" contains err "no option '-Z'"
run forecast load.csv --horizon
check "an option without its value is wrong use" same 2 "$code"
for value in 0 -1 x 1.5 99999999999999999999; do
    run forecast load.csv "--horizon=$value"
    check "a horizon of $value is wrong use" same "2 0" "$code $(wc -c <out | tr -d ' ')"
    check "and is shown" contains err "horizon is '$value'"
done
run forecast load.csv --horizon 2 --season x
check "a season may be none" contains err "season is 'x', expected none or a whole number of at least 2"
run forecast load.csv
check "a horizon is needed" same 2 "$code"
run forecast --horizon 12
check "a table is needed" same 2 "$code"
run forecast load.csv other.csv --horizon 12
check "two tables are one too many" same 2 "$code"
run forecast load.csv --horizon 12 --format xml
check "an unknown format is wrong use" same 2 "$code"
check "the formats are shown" contains err 'csv\|jsonl\|npy'
run forecast load.csv --horizon 12 --levels 90,80
check "levels that descend are wrong use" same 2 "$code"
run forecast load.csv --horizon 12 --levels 101
check "so is a level above 100" same "2 0" "$code $(wc -c <out | tr -d ' ')"
check "which is shown" contains err "levels is '101'"
for value in tpu cuda: cuda:x ''; do
    run forecast load.csv --horizon 12 --device "$value"
    check "the device '$value' is wrong use" same 2 "$code"
    check "which is shown" contains err "device is '$value', expected cpu, cuda or cuda:N"
done
run forecast load.csv --horizon 12 --target nothing
check "a column that is not there fails" same 1 "$code"
check "and is named" contains err "'nothing'"
run forecast load.csv --horizon 12 --resume
check "--resume needs a folder" same 2 "$code"
run forecast load.csv --horizon 12 --max-seconds 5 --folder run
check "--max-seconds has no folder" same 2 "$code"
check "which is said" contains err "a fit that can be resumed has its time"
check "and no folder is made" same 1 "$([ -e run ]; echo $?)"

section help
run --version
check "the version is printed" same 0 "$code"
check "with the name" contains out '^lstmts [0-9]+\.[0-9]+'
run --help
check "the help lists the commands" contains out '^  forecast'
run forecast --help
check "the help of a command begins with an example" contains out '^Example: lstmts forecast'
check "on standard output" is_empty err

section tables
run forecast missing.csv --horizon 12
check "a missing table fails" same 1 "$code"
check "and is named" contains err 'missing.csv'
sed '7s/,[^,]*$/,abc/' load.csv >bad.csv
run forecast bad.csv --horizon 12
check "a wrong cell fails" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "with line and column" contains err 'line 7, column 3'

section forecasts
run forecast load.csv $short
check "a forecast succeeds" same 0 "$code"
check "it has a row per hour" same 13 "$(wc -l <out | tr -d ' ')"
check "it names its columns" same \
    "time,load,load_lower_90,load_upper_90,wind,wind_lower_90,wind_upper_90" "$(head -n 1 out)"
check "it begins after the last row" contains out '^2021-03-11 00:00:00,'
check "it says what it does, and the error of what it did before" contains err \
    '^ *[0-9]+ %  now (a schedule of 5 updates|network 1 of 1); last MASE [0-9.]+ \(best [0-9.]+\)$'
check "it compares with seasonal naive" contains err '(better|worse) than seasonal naive 24'
check "and with the best simple method first" contains err 'MASE of [0-9.]+ is .* the best simple method, [a-z]+ [0-9]+ \([0-9.]+\); .* and '
check "it compares with drift and ridge" contains err '(seasonal drift 24.*ridge|ridge.*seasonal drift 24)'
check "it says what the intervals held" contains err 'intervals held [0-9]+ % of the values'
intervals_hold_the_forecast() {
    awk -F, 'NR > 1 && !($3 <= $2 && $2 <= $4 && $6 <= $5 && $5 <= $7) { bad = 1 } END { exit bad }' "$1"
}
check "the intervals hold the forecast" intervals_hold_the_forecast out
cp out first.csv
run train load.csv $short --levels 50,95 -m levels.model
check "of each level" contains err '^Its 50 % intervals held [0-9]+ % of the values there, those of 95 % held [0-9]+ %\.$'
check "wider ones hold more" test "$(sed -n 's/^Its 50 .* held \([0-9]*\) % of .*/\1/p' err)" -lt "$(sed -n 's/.* those of 95 % held \([0-9]*\) .*/\1/p' err)"
"$lstmts" forecast - $short <load.csv >out 2>err
check "standard input gives the same" cmp -s out first.csv
gzip -c load.csv >load.csv.gz
run forecast load.csv.gz $short --quiet
check "so does gzip" cmp -s out first.csv
check "--quiet says nothing" is_empty err
run forecast load.csv $short -q --seed 7
check "another seed gives another forecast" differ out first.csv
run forecast load.csv $short -q -o new.csv
check "-o writes a file" cmp -s new.csv first.csv
check "and nothing else" is_empty out
check "and leaves no other file" same new.csv "$(ls -d new.csv*)"
run forecast load.csv $short -q -o missing/new.csv
check "an output in no folder fails" same 1 "$code"
check "and is named" contains err 'missing/new.csv'
run forecast load.csv $short -q --target load --levels 50,95
check "one target has its two levels" same \
    "time,load,load_lower_50,load_upper_50,load_lower_95,load_upper_95" "$(head -n 1 out)"
run forecast load.csv $short -q --format jsonl
check "JSON lines have an object per row" same 12 "$(grep -c '^{"time":"2021-03-1.*}$' out)"
run forecast load.csv $short -q --format npy -o forecast.npy
check "NPY has its shape" contains forecast.npy "'shape': \\(1, 12, 2, 3\\)"
check "and as many bytes" same 416 "$(wc -c <forecast.npy | tr -d ' ')"

section series and covariates
awk 'BEGIN { print "unique_id,ds,y"
    for (s = 1; s <= 2; s++) for (t = 0; t < 100; t++)
        printf "s%d,%04d-%02d-01,%.3f\n", s, 2000 + t / 12, 1 + t % 12, s * 10 + sin(6.2832 * t / 12) + 0.1 * sin(t * t) }' >long.csv
run forecast long.csv --horizon 6 --updates 5 --networks 1 -j1 -q
check "a long table gives a forecast per series" same "0 13" "$code $(wc -l <out | tr -d ' ')"
check "with its id" contains out '^s2,2008-05-01,'
awk -F, 'NR == 1 { print $0 ",price"; next } { print $0 "," NR % 3 }
    END { for (t = 0; t < 12; t++) printf "2021-03-11 %02d:00,,,%d\n", t, t % 3 }' load.csv >known.csv
run forecast known.csv $short -q --known price -m known.safetensors
check "a known covariate is read from rows to come" same "0 13" "$code $(wc -l <out | tr -d ' ')"
check "the forecast begins where targets end" contains out '^2021-03-11 00:00:00,'

run forecast known.csv $short
check "without --known it begins after them" contains out '^2021-03-11 12:00:00,'
check "which is noted" contains err "^Note: 'load' ends at 2021-03-10 23:00:00; the 12 rows after it are .* --known"
run forecast known.csv $short --target load -q
check "unless it is to be quiet" is_empty err
run forecast known.csv --horizon 13 --updates 5 --networks 1 -j1 -q --known price
check "too few rows to come are an error before the fit" same 1 "$code"
check "which names the column" contains err "'price' has 12 values"
head -n -1 known.csv >less.csv
run predict known.safetensors less.csv
check "so they are for a saved forecaster" same "1 0" "$code $(wc -l <out | tr -d ' ')"
check "in the same words" contains err "'price' has 11 values .* a horizon of 12 needs 12: append"
run forecast load.csv --horizon 12 -q --target load --known load
check "a target is no known covariate" same "1 0" "$code $(wc -l <out | tr -d ' ')"
check "which is said" contains err "^lstmts: --known: 'load' is a target"
run forecast load.csv --horizon 12 -q --columns load --known load
check "a column must be left" contains err '^lstmts: no column is left to forecast'

head -n 13 load.csv >few.csv
run forecast few.csv --horizon 14
check "more rows than can be compared have a forecast" same "0 15" "$code $(wc -l <out | tr -d ' ')"
check "without bounds" contains out '^2021-03-01 [0-9:]*,[0-9.]+,,,'
check "as is said" contains err '^Note: from row [0-9]+ ahead on, bounds are left empty'
run forecast few.csv --horizon 14 -q
check "unless it is to be quiet" same 0 "$(wc -c <err | tr -d ' ')"

section what was done to the table
awk 'NR != 60 && NR != 110' load.csv | awk -F, 'NR == 1 { print $0 ",sky" } NR > 1 { print $0 ",clear" }' |
    awk 'NR == 31 { held = $0; next } { print } NR == 40 { print held }' >rough.csv
run forecast rough.csv $short
check "gaps, order and text are noted" same "0 3" "$code $(grep -c '^Note: ' err)"
check "gaps first" contains err '^Note: gaps: 2, with 2 rows'
check "then the order" contains err '^Note: rows earlier than the row before: 1'
check "then what is left out" contains err '^Note: column 4, "sky", is left out'
awk -F, 'NR == 1 { print $0 ",a,b" } NR > 1 { print $0 ",x,y" }' rough.csv >rougher.csv
run forecast rougher.csv $short
check "three are said, and how many there are" same "3 1" "$(grep -c '^Note: ' err) $(grep -c '^2 more: -v$' err)"
run forecast rougher.csv $short --verbose
check "--verbose says all" same "0 1" "$(grep -c '^2 more' err) $(grep -c '^  because: "' err)"
check "and each choice in a line" contains err '^  season_len: [0-9]+$'
run forecast rough.csv $short -q
check "--quiet says none" is_empty err
run forecast load.csv $short
check "a regular table has none" same 0 "$(grep -c '^Note: ' err)"

awk 'BEGIN { print "time,load"; for (t = 0; t < 240; t++) printf "%d,%.3f\n", 1600000000 + 3600 * t, 10 + sin(t * t) }' >unix.csv
run forecast unix.csv $short
check "so has one of Unix times" same 0 "$(grep -c '^Note: ' err)"

section what to use instead
run backtest load.csv $short
check "where ridge is clearly better, its option is named" contains err '^Consider --use ridge'
awk 'BEGIN { print "y"; y = 50; for (t = 0; t < 300; t++) print y += sin(t * t) + (t > 200) }' >climb.csv
run backtest climb.csv --horizon 10 --use networks --networks 1 --updates 5 -j1
check "so is that of simple methods" contains err '^Consider --use (baseline|ridge)'
run backtest load.csv --horizon 12 --use ridge
check "there is none where the forecaster is as good" same 0 "$(grep -c '^Consider' err)"
run backtest load.csv $short -q
check "nor one that is to be quiet" is_empty err

section values that repeat
awk 'BEGIN { print "month,y"; for (t = 0; t < 84; t++) printf "%04d-%02d-01,%d\n", 2000 + t / 12, 1 + t % 12, 100 + t % 12 }' >cycle.csv
run forecast cycle.csv --horizon 2 --updates 5 --networks 1 -j1
check "seasonal naive forecasts what repeats exactly" same "0 2007-01-01,100,100,100" "$code $(sed -n 2p out)"
check "and is chosen" contains err 'forecast by seasonal naive'
check "that MASE is undefined is said once" same 1 "$(grep -c 'MASE is undefined, since the change over a season is 0' err)"
check "with the mean absolute error" contains err 'its mean absolute error of 0 is as good as the best simple method, seasonal naive 12 \(0\)'
check "nothing is nan" same 0 "$(grep -c nan err)"
run report cycle.csv --horizon 2 --updates 5 --networks 1 -j1 -q
check "the report says so, too" contains out '^<p class="verdict">MASE is undefined, since the change over a season is 0'
check "with mean absolute errors" contains out 'MAE'
check "by step, too" contains out 'Error by step: y'
check "in the table, too" contains out 'undefined: the change over a season is 0'
awk 'BEGIN { print "month,y,z"; for (t = 0; t < 84; t++) printf "%04d-%02d-01,%d,%.3f\n", 2000 + t / 12, 1 + t % 12, 100 + t % 12, sin(t * t) }' >half.csv
run backtest half.csv --horizon 2 --updates 5 --networks 1 -j1 --by column
check "a single column is named" contains err '^MASE of y is undefined and not counted'
check "its cell is empty" contains out '^forecaster,all,y,all,,[0-9.]+,'
check "that of the other is not" contains out '^forecaster,all,z,all,[0-9.]+,'
check "nothing is nan there" same 0 "$(cat out err | grep -c nan)"

section models and recipes
run forecast load.csv $short -q --seed 3 --model m.safetensors -o third.csv
check "a model is saved" same 0 "$code"
check "its recipe lies beside it" contains m.safetensors.json '"seed": 3'
run forecast -q --config m.safetensors.json
check "a recipe runs again" same 0 "$code"
check "with the same forecast" cmp -s out third.csv
run forecast -q --config m.safetensors.json --seed 4
check "options come before the recipe" differ out third.csv
echo '{"options": {"horizon": "x"}}' >wrong.json
run forecast load.csv --config wrong.json
check "a wrong recipe fails" same 1 "$code"
echo '{"options": {"horizon": 1,}' >wrong.json
run forecast load.csv --config wrong.json
check "a malformed one, too, with its line" contains err 'wrong.json: line 1, column'

section folders
run forecast load.csv --horizon 12 -j1 -q --use ridge -o whole.csv
run forecast load.csv --horizon 12 -j1 -q --use ridge --max-seconds 1 -o short.csv
check "a limit of time leaves ridge as it is" cmp -s whole.csv short.csv
run forecast load.csv $short -q --seed 3 --folder run
check "a folder is made" same 0 "$code"
check "with the same forecast" cmp -s out third.csv
run forecast load.csv $short -q --folder run
check "a folder is not used twice" same 1 "$code"
check "the message says how to resume" contains err "resume continues"
run forecast -q --folder run --resume
check "a resumed run takes the recipe of the folder" same 0 "$code"
check "and has the same forecast" cmp -s out third.csv

run forecast load.csv $short -q --seed 3 --folder kept -o kept.csv -m kept.model --recipe kept.json
check "a folder keeps what the run writes" contains kept/recipe.json '"output": "kept.csv"'
check "another recipe does not" differ kept/recipe.json kept.json
rm kept.csv kept.model kept.json
run forecast -q --folder kept --resume
check "a resumed run writes the same table" cmp -s kept.csv third.csv
check "and not to standard output" is_empty out
check "and the model and its recipe" same "kept.json kept.model" "$(ls kept.json kept.model | xargs)"
run forecast -q --folder kept --resume -o other.csv
check "an output that is given comes first" cmp -s other.csv third.csv
rm kept.csv
run backtest -q --folder kept --resume
check "another command has another output" contains out '^method,'
run forecast -q --config kept/recipe.json
check "as a --config the recipe of a folder writes to standard output" cmp -s out third.csv

cp load.csv other.csv
mismatch() { # what differs, extended regular expression of the message, more arguments
    run forecast -q --folder run --resume -o no.csv ${3-}
    check "another $1 is refused" same 1 "$code"
    check "in words of the command" contains err "^lstmts: $2"
    check "and nothing is written" test ! -e no.csv
}
mismatch seed '--seed is 3 in the run in run, which' "--seed 4"
mismatch season '--season is not given in the run in run' "--season 7"
mismatch target '--target is not given in the run' "--target load"
sed -i '7s/,[^,]*$/,4.9/' load.csv
mismatch table 'load.csv: the table has other values than when the fit in run began'
sed '$d' other.csv >load.csv
mismatch "number of rows" 'load.csv: the table has other values than when the fit in run began'
cp other.csv load.csv

section files that are not written
refused() { # status, extended regular expression of the message, arguments
    status=$1
    message=$2
    shift 2
    cp load.csv table.csv
    ls >before
    run "$@" $short
    check "status $status: $*" same "$status 0" "$code $(wc -c <out | tr -d ' ')"
    check "says so" contains err "^lstmts: $message"
    check "before the fit" same 1 "$(wc -l <err | tr -d ' ')"
    ls >after
    check "and leaves all files" cmp -s before after
    check "and the table" cmp -s load.csv table.csv
}
: >err
: >after
mkdir -p there
ln -sf table.csv link.csv
ln -sf nowhere dangling.csv
for path in table.csv ./table.csv there/../table.csv "$PWD/table.csv" link.csv; do
    refused 2 "--output is '.*table|--output is 'link" forecast table.csv -o "$path"
done
refused 2 "--model is 'table.csv', which is the table" train table.csv -m table.csv
refused 2 "--recipe is 'table.csv', which is the table" backtest table.csv --recipe table.csv
refused 2 "--output and --model are the same file, './new'" forecast table.csv -o new -m ./new
"$lstmts" forecast - $short -o table.csv <table.csv >out 2>err
check "the file on standard input is refused" same "2" $?
refused 2 "--output and --report are the same file" forecast table.csv -o there/../new -r new
refused 2 "--output and the recipe beside --model are" forecast table.csv -o new.json -m new
for option in --output --report --model --recipe; do
    refused 1 "missing/new: .* the folder missing: No such file" forecast table.csv $option missing/new --folder new
    refused 1 "there: Is a directory" forecast table.csv $option there
    refused 1 "dangling.csv: is a symbolic link, and" forecast table.csv $option dangling.csv
done
refused 1 "m.safetensors/new: Not a directory" forecast table.csv -o m.safetensors/new
run predict m.safetensors load.csv -o m.safetensors
check "predict does not replace its model" same 2 "$code"
run predict m.safetensors load.csv -o missing/new.csv
check "and fails without the folder" same 1 "$code"
"$lstmts" forecast load.csv $short -q --seed 3 -o /dev/stdout | cat >piped.csv
check "a link to a pipe is written" cmp -s piped.csv third.csv
run forecast load.csv $short -q -o /dev/null -r /dev/null
check "and a device, also twice" same 0 "$code"

section signals
long="--horizon 12 --updates 100000 --networks 1 --jobs 1"
interrupted() { # signal, status of a shell
    rm -rf stopped
    "$lstmts" forecast load.csv $long --folder stopped >out 2>err &
    process=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        ls stopped/training-* >ls.out 2>&1 && break
        sleep 0.2
    done
    kill -s "$1" $process
    wait $process
    same "$2 0" "$? $(wc -c <out | tr -d ' ')" && contains err 'lstmts forecast --folder stopped --resume'
}
check "SIGTERM stops the training, and says how to resume" interrupted TERM 143
"$lstmts" forecast load.csv $short -q | head -n 1 >head.out
check "a closed pipe is no message" same "time," "$(cut -c1-5 head.out)"

summary
