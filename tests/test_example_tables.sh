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
    sed -n '/^day/,$p' "$1" | awk 'NR > 1 { n++; if (!($3 < $2 && $2 < $5 && $7 < $6 && $6 < $9)) bad = 1 }
        END { if (n != 7) print n " days"; exit bad || n != 7 }'
}
check "its intervals hold the forecast" intervals_hold_the_forecast seattle.out

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

for example in seattle_weather co2 macro etth1; do
    "$examples/$example" missing.csv >missing.out 2>missing.err
    check "$example without its table fails" same 1 $?
    check "and names the file" contains missing.err "^$example: no rows in missing.csv"
    "$examples/$example" 2>usage.err
    check "$example without arguments shows its usage" same 2 $?
done

summary
