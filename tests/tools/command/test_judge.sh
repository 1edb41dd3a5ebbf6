#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs lstmts backtest over several series, and checks what it says of its judgement: test_judge.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

# long and short, whose last rows have another noise, and tiny, which has no test part for a horizon of 12
awk 'BEGIN { print "unique_id,ds,y"
    for (s = 0; s < 3; s++) for (t = 0; t < (s == 0 ? 600 : s == 1 ? 150 : 20); t++)
        printf "%s,%d,%.3f\n", s == 0 ? "long" : s == 1 ? "short" : "tiny", 1600000000 + 3600 * t,
            10 + 3 * sin(6.2832 * t / 24) + (s == 1 && t >= 120 ? 4 : 0.3) * sin(t * t) }' >unequal.csv
of_series() { # method, series, number of the column
    awk -F, -v m="$1" -v s="$2" -v c="$3" '$1 == m && $2 == s && $4 == "all" { print $c }' out
}

section coverage
run backtest unequal.csv --horizon 12 --use ridge -j1 --by series
check "the errors have the coverage" same "0 method,series,column,step,MASE,MAE,RMSE,sMAPE,coverage_90" "$code $(head -n 1 out)"
check "of the forecaster" contains out '^forecaster,long,all,all,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,0\.[0-9]+$'
check "no other method has it" contains out '^naive,long,all,all,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,$'
check "nor a series without a test part" same "" "$(of_series forecaster tiny 9)"
check "the line has that of all" same "$(of_series forecaster all 9 | awk '{ printf "%.0f", 100 * $1 }')" \
    "$(sed -n 's/^Its 90 % intervals held \([0-9]*\) % of the values there\.$/\1/p' err)"
# 600 - 12 - 480 + 1 and 150 - 12 - 120 + 1 origins, each with 12 values
by_values() {
    awk -v a="$(of_series forecaster long 9)" -v b="$(of_series forecaster short 9)" -v all="$(of_series forecaster all 9)" \
        'BEGIN { d = (109 * a + 19 * b) / 128 - all; exit !(d * d < 1e-10) }'
}
check "which counts each value of each origin once" by_values
check "it has as many origins" contains err '^From 128 origins '
held=$(of_series forecaster short 9 | awk '{ printf "%.0f", 100 * $1 }')
shown=$(of_series forecaster short 9 | awk '{ printf "%.1f", 100 * $1 }')
check "a series that is far off is noted" contains err \
    "^Note: the 90 % intervals held $held % of the values of series short, which has 150 rows \(lstmts backtest --by series\)\.$"
check "once" same 1 "$(grep -c '^Note: the 90 ' err)"
run backtest unequal.csv --horizon 12 --use ridge -j1 --by step --levels 50,95
check "each level has a column" same "method,series,column,step,MASE,MAE,RMSE,sMAPE,coverage_50,coverage_95" "$(head -n 1 out)"
check "and each step its coverage" contains out '^forecaster,all,all,12,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,0\.[0-9]+,0?\.?[0-9]+$'
check "the widest is noted" contains err '^Note: the 95 % intervals held '
run backtest unequal.csv --horizon 12 --use ridge -j1 -q
check "--quiet notes nothing" is_empty err
run report unequal.csv --horizon 12 --use ridge -j1
check "the report has the coverage of each series" contains out \
    "<th scope=\"row\">short</th><th scope=\"row\">y</th><td>Coverage</td><td class=\"number\">$shown %</td>.* points less than 90 %</td>"
awk -F, '$1 != "short"' unequal.csv >even.csv
run backtest even.csv --horizon 12 --use ridge -j1
check "there is no note where none is far off" same 0 "$(grep -c '^Note: the 90 ' err)"
sed 1d unequal.csv | awk -F, -v OFS=, '$1 == "short" { $1 = "short 2"; print }' | cat unequal.csv - >more.csv
run backtest more.csv --horizon 12 --use ridge -j1
check "more of them are counted" contains err 'series short, which has 150 rows; 1 more series is more than 10 points off \('
head -n 601 unequal.csv >alone.csv
run backtest alone.csv --horizon 12 --use ridge -j1 --by series
check "a single series has its coverage" same "$(of_series forecaster all 9)" "$(of_series forecaster long 9)"

section parts
run backtest unequal.csv --horizon 12 --use ridge -j1 -v
check "--verbose says how far apart origins are" contains err '^  origins: 128, 1 row apart in each series$'
check "and the ends of the parts of each series" contains err \
    '^  long: rows 1 to 390 train, to 480 choose, to 600 judge; 109 origins, rows 480 to 588$'
check "of each of them" contains err '^  short: rows 1 to 98 train, to 120 choose, to 150 judge; 19 origins, rows 120 to 138$'
check "also of one that is too short" contains err '^  tiny: rows 1 to [0-9]+ train, to 10 choose, to 20 judge; no origin$'
awk 'BEGIN { print "unique_id,ds,y"; for (s = 1; s <= 22; s++) for (t = 0; t < 160; t++)
    printf "s%d,%d,%.3f\n", s, 1600000000 + 3600 * t, 10 + sin(s + t * t) }' >many.csv
run backtest many.csv --horizon 4 --use baseline -j1 -v
check "origins are further apart where there are many" contains err '^  origins: 220, 3 rows apart in each series$'
check "the last is as far from the end as the horizon, or further" contains err '^  s20: .* 160 judge; 10 origins, rows 128 to 155$'
check "of the first 20 series" same "1 0" "$(grep -c '^  2 more series$' err) $(grep -c '^  s21: ' err)"
run backtest many.csv --horizon 4 --use baseline -j1
check "without it they are not said" same 0 "$(grep -c 'rows apart\|to 160 judge' err)"
run forecast many.csv --horizon 100 --use baseline -j1 -v
check "without a test part there are none" same "0 1" "$(grep -c '^  origins: ' err) $(grep -c '^  s1: .*; no origin$' err)"
run backtest alone.csv --horizon 12 --use baseline -j1 -v
check "a long table of one series names it" contains err '^  long: rows 1 to 390 train'
cut -d, -f2- alone.csv >wide.csv
run backtest wide.csv --horizon 12 --use baseline -j1 -v
check "other tables have rows" contains err '^  parts: rows 1 to 390 train, to 480 choose, to 600 judge; 109 origins, rows 480 to 588$'

summary
