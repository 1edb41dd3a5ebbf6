#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the examples that forecast tables, with short trainings: test_example_tables.sh BUILD_DIR
set -u
export LC_ALL=C
. "$(dirname "$0")/examples_check.sh"

section forecasting tables

# The error of a method in the table that a backtest prints.
mase() { # file, method
    awk -v name="$2" 'index($0, name) == 1 { sub(name, ""); print $1; exit }' "$1"
}
less() { # a, b
    awk -v a="$1" -v b="$2" 'BEGIN { if (a == "" || b == "" || !(a < b)) { print a, "and", b; exit 1 } }'
}
# Whether a line compares the forecaster with each method of the table.
has_words() { # file, method...
    file=$1
    shift
    for other; do
        contains "$file" "^forecaster is .* $other( \\(MASE |\\.)" || return 1
    done
}
data=$project/examples/data
"$examples/seattle_weather" "$data/seattle-weather.csv" 20 >seattle.out 2>seattle.err
check "seattle_weather succeeds" same 0 $?
check "seattle_weather says nothing on standard error" is_empty seattle.err
check "it tests every window of the last fifth" contains seattle.out '^28 days ahead, 265 origins'
check "its forecaster is better than seasonal naive" \
    less "$(mase seattle.out forecaster)" "$(mase seattle.out 'seasonal naive 365')"
check "it says in words how good it is" \
    has_words seattle.out 'ridge 56' 'seasonal naive 365' naive
intervals_hold_the_forecast() {
    sed -n '/^day/,$p' "$1" | awk 'NR > 1 && /^ / { n++; if (!($3 < $2 && $2 < $5 && $7 < $6 && $6 < $9)) bad = 1 }
        END { if (n != 7) print n " days"; exit bad || n != 7 }'
}
check "its intervals hold the forecast" intervals_hold_the_forecast seattle.out
check "it gives the probability of a frost" contains seattle.out '^a frost within 7 days: [0-9]+ %$'

"$examples/co2" "$data/co2.csv" 20 >co2.out 2>co2.err
check "co2 succeeds" same 0 $?
check "co2 says nothing on standard error" is_empty co2.err
check "its forecaster is better than seasonal naive" \
    less "$(mase co2.out forecaster)" "$(mase co2.out 'seasonal naive 52')"
check "it says in words how good it is" \
    has_words co2.out 'ridge 104' 'seasonal drift 52' 'seasonal naive 52' naive
check "it says why it forecasts as it does" contains co2.out '"because":"[a-z].*"season_len":52'

"$examples/macro" "$data/macrodata.csv" 20 >macro.out 2>macro.err
check "macro succeeds" same 0 $?
check "macro says nothing on standard error" is_empty macro.err
check "its forecaster is better than the last value" \
    less "$(mase macro.out forecaster)" "$(mase macro.out naive)"
check "it says in words how good it is" \
    has_words macro.out 'ridge 16' Theta drift 'seasonal naive 4' naive
check "it prints eight quarters" same 8 "$(sed -n '/^quarter/,$p' macro.out | sed 1d | wc -l | tr -d ' ')"

# ETTh1.csv is not here: a table of the same form.
awk 'BEGIN { print "date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT"
    for (t = 0; t < 600; t++) {
        printf "2016-07-%02d %02d:00:00", 1 + t / 24, t % 24
        for (c = 0; c < 7; c++)
            printf ",%.6f", 5 + c + sin(6.2832 * t / 24 + c) + 0.2 * sin(1.7 * t * t + c)
        printf "\n" } }' >hourly.csv
"$examples/etth1" hourly.csv 24 5 >etth1.out 2>etth1.err
check "etth1 succeeds" same 0 $?
check "it tests a window every six hours" contains etth1.out '^24 hours ahead, 17 origins'
check "its forecaster is better than the last value" \
    less "$(mase etth1.out forecaster)" "$(mase etth1.out naive)"
check "it says in words how good it is" \
    has_words etth1.out 'ridge 168' 'seasonal naive 24' naive
check "it reports its progress" contains etth1.err 'network 3 of 3|ridge'

"$examples/fleet" 50 20 >fleet.out 2>fleet.err
check "fleet succeeds" same 0 $?
check "fleet says nothing on standard error" is_empty fleet.err
check "it forecasts each meter three times" contains fleet.out '^14 days ahead, 50 series, 150 origins'
check "its forecaster is better than the last value" \
    less "$(mase fleet.out forecaster)" "$(mase fleet.out naive)"
check "it says in words how good it is" \
    has_words fleet.out 'ridge 28' 'seasonal naive 7' naive
check "it forecasts a meter that it has not seen" \
    contains fleet.out 'has not seen:( [0-9]+){7}$'

if [ -x "$examples/serve" ]; then
    "$examples/serve" 20 >serve.out 2>serve.err
    check "serve succeeds" same 0 $?
    check "no request and no new model fails" is_empty serve.err
    check "threads served requests" less 2 "$(sed -n '1s/ requests$//p' serve.out)"
    within_the_noise() { # 2, and what a forecast does not know
        awk 'NR > 2 { n++; e = $2 - $3; if (e < 0) e = -e; if (!(e < 4)) bad = 1 } END { exit bad || n != 6 }' "$1"
    }
    check "the last model forecasts the next day" within_the_noise serve.out
    check "a restarted service can begin with the last model" test -s serve.safetensors
fi

sed 1d "$data/seattle-weather.csv" | cut -d, -f2-5 >weather
sed -n '1,1200p' weather >history
sed -n '1201,$p' weather | sed '10s/[^,]*,/,/' >rows
"$examples/stream" weather.safetensors fit 20 <history >fit.out 2>fit.err
check "stream fits a forecaster" same 0 $?
check "it says nothing on standard error" is_empty fit.err
check "it tests every window of the last fifth" contains fit.out '^7 days ahead, 234 origins'
check "its forecaster is better than the last value" \
    less "$(mase fit.out forecaster)" "$(mase fit.out naive)"
check "it says in words how good it is" \
    has_words fit.out 'ridge 28' 'moving average 7' naive
"$examples/stream" weather.safetensors <rows >stream.out 2>stream.err
check "it loads the forecaster" same 0 $?
check "a missing value is no error" is_empty stream.err
intervals_hold_the_next_row() { # rows, forecasts: each line has y, lower, upper of four values
    awk -F, 'NR == FNR { for (c = 1; c <= 4; c++) truth[FNR - 1, c] = $c; next }
        NF != 12 { print "row " FNR ": " $0; bad = 1 }
        FNR > 20 { for (c = 1; c <= 4; c++) {
            x = truth[FNR, c]
            if (x != "") { n++; inside += $(3 * c - 1) <= x && x <= $(3 * c) }
            if ($(3 * c - 1) > $(3 * c - 2) || $(3 * c - 2) > $(3 * c)) { print "row " FNR ": " $0; bad = 1 } } }
        END { if (FNR != 261 || inside < 0.8 * n) { print FNR " rows, inside are " inside " of " n; bad = 1 }
            exit bad }' "$1" "$2"
}
check "intervals of 90 % hold four fifths of the values of the next row" \
    intervals_hold_the_next_row rows stream.out
mkfifo to_stream from_stream
"$examples/stream" weather.safetensors <to_stream >from_stream &
stream=$!
exec 3>to_stream 4<from_stream
sed -n 1p rows >&3
check "the forecast comes before the next row" \
    same "$(sed -n 1p stream.out)" "$(timeout 20 head -n 1 <&4)"
exec 3>&- 4<&-
wait $stream
for line in 1,2,3 1,2,3,4,5 1,2,3,x '1 2 3 4' ''; do
    { sed -n 1p rows && echo "$line"; } | "$examples/stream" weather.safetensors >bad.out 2>bad.err
    check "the line '$line' is refused" same "1 1" "$? $(wc -l <bad.out | tr -d ' ')"
    check "and its number is named" contains bad.err '^stream: row 2 is not 4 values'
done
"$examples/stream" missing.safetensors <rows 2>missing.err
check "stream without its file fails" same 1 $?
check "and names the file" contains missing.err '^stream: .*missing.safetensors'
"$examples/stream" 2>usage.err
check "stream without arguments shows its usage" same 2 $?

for example in seattle_weather co2 macro etth1; do
    "$examples/$example" missing.csv >missing.out 2>missing.err
    check "$example without its table fails" same 1 $?
    check "and names the file" contains missing.err "^$example: no rows in missing.csv"
    "$examples/$example" 2>usage.err
    check "$example without arguments shows its usage" same 2 $?
done

summary
