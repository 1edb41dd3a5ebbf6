#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs --static, --calendar and --holidays with short trainings: test_covariates.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"
differ() { # two files
    ! cmp -s "$1" "$2"
}

section holidays
# 335 days from 2022-01-01, of which the 7th, 20th and 27th of each month are holidays with a fifth of the load.
awk 'BEGIN { n = split("31 28 31 30 31 30 31 31 30 31 30 31", d, " ")
    print "day,load" >"load.csv"; print "Holiday,Date" >"days.csv"
    for (y = 2022; y < 2023; y++) for (m = 1; m <= 12; m++) for (i = 1; i <= d[m]; i++) {
        t++; free = (i == 7 || i == 20 || i == 27); date = sprintf("%d-%02d-%02d", y, m, i)
        if (free) printf "\"Day of rest, the %dth\",%s\n", i, date >"days.csv"
        if (t <= 335) printf "%s,%.3f\n", date, (free ? 2 : 10) + sin(1.7 * t * t) / 4 >"load.csv" } }'
check "the first row to come is a day before a holiday" same "2022-12-01" "$(tail -n 1 load.csv | cut -d, -f1)"
fit="--horizon 12 --use networks --networks 1 --updates 200 --jobs 1 -q"
run forecast load.csv $fit -o plain.csv
run forecast load.csv $fit --holidays days.csv -m model
check "a forecast with holidays succeeds" same 0 "$code"
value() { # file, day: the forecast in tenths
    awk -F, -v day="$2" '$1 == day { printf "%d", $2 * 10 + 0.5 }' "$1"
}
is_low() { [ "$(value "$1" 2022-12-07)" -lt "$2" ] || { cat "$1"; return 1; }; }
is_high() { ! is_low "$1" "$2" >high.out; }
check "the forecast of the holiday is low" is_low out 70
check "that of the day before is not" test "$(value out 2022-12-06)" -gt 80
check "without holidays it is not low" is_high plain.csv 80
cp out whole.csv
run predict model load.csv
check "a saved forecaster knows its holidays" cmp -s out whole.csv
fit="--horizon 12 --use networks --networks 1 --updates 5 --jobs 1 -q"
printf '\357\273\2772022-05-08\r\n# of this year\r\n2022-12-07\r\n\r\n2022-05-07;x\r\n' >short.txt
run forecast load.csv $fit --holidays short.txt
check "a list without header, with comments and empty lines is read" same 0 "$code"
printf '2022-12-07\n2022-12-32\n' >wrong.txt
run forecast load.csv $fit --holidays wrong.txt
check "a line without a date fails" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "with its number" contains err 'wrong.txt: line 2, column 1: "2022-12-32" has no date'
run forecast load.csv $fit --holidays missing.txt
check "so does a missing file" contains err 'missing.txt: .*No such file'
: >empty.txt
run forecast load.csv $fit --holidays empty.txt
check "and one without dates" contains err 'empty.txt: there is no date'

section calendar
run forecast load.csv $fit -o plain.csv
run forecast load.csv $fit --calendar weekday,yearday
check "columns of the calendar are added" same 0 "$code"
check "and change the forecast" differ out plain.csv
run forecast load.csv $fit --calendar weekday,moon
check "others are named" contains err "'moon' is not hour"
run forecast load.csv $fit --calendar holiday
check "holidays need their file" contains err 'holiday needs --holidays'
cut -d, -f2 load.csv >untimed.csv
run forecast untimed.csv $fit --holidays days.csv
check "rows without times have no calendar" same 1 "$code"

sed 's/^[^,]*,//' load.csv >untimed.csv
run forecast untimed.csv --horizon 2 --calendar hour
check "a table without times has no calendar" contains err '^lstmts: --calendar needs times'

section static features
awk 'BEGIN { print "unique_id,ds,y,size,zone"
    for (s = 1; s <= 6; s++) for (t = 0; t < 90; t++) printf "s%d,%04d-%02d-01,%.3f,%s,%d\n",
        s, 2000 + t / 12, 1 + t % 12, s * 10 + s * sin(6.2832 * t / 12) + 0.1 * sin(t * t), t % 9 ? s * 10 : "", s % 2 }' >long.csv
fit="--horizon 6 --updates 5 --networks 1 --use networks -j1 -q --target y"
run forecast long.csv $fit --static size,zone -m fixed -o fixed.csv
check "static features are read" same 0 "$code"
check "they are no columns of the forecast" same "unique_id,ds,y,y_lower_90,y_upper_90" "$(head -n 1 fixed.csv)"
cut -d, -f1-3 long.csv >without.csv
run forecast without.csv $fit -o without.out
check "and networks see them" differ fixed.csv without.out
run predict fixed long.csv
check "a saved forecaster finds them" cmp -s out fixed.csv
run predict fixed without.csv
check "and needs them" contains err "the table has no column 'size' with numbers"
run forecast long.csv $fit --static ds
check "a column that is not there is named" contains err "no column 'ds' with numbers"
sed '5s/,10,/,11,/' long.csv >two.csv
run forecast two.csv $fit --static size,zone
check "two numbers in a series fail" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "and are shown" contains err "'size' has 10 and 11 in series s1"
sed 's/^\(s3,.*\),[0-9]*,\([01]\)$/\1,,\2/' long.csv >none.csv
run forecast none.csv $fit --static size,zone
check "so does a series without any" contains err "'size' has no number in series s3"
run forecast without.csv --horizon 6 --static y
check "a column must be left" contains err 'no column is left'

section describe
# Shapes of two periods: that of the target is 7 rows, that of the covariate 12 rows.
awk 'BEGIN { print "y,plan,seen"; for (t = 0; t < 300; t++) printf "%s,%.3f,%s\n",
    t < 290 ? 5 + 3 * sin(6.2832 * t / 7) + 0.1 * sin(t * t) : "", 9 * sin(6.2832 * t / 12), t < 290 && t != 40 ? t % 5 : "" }' >roles.csv
run describe roles.csv --target y --known plan --horizon 10
check "describe takes the roles of columns" same "0 0" "$code $(wc -c <err | tr -d ' ')"
check "and shows them" same "  target    y/  past      seen/  known     plan" "$(grep -E '^  (target|past|known) ' out | paste -s -d /)"
check "with the rows to come" contains out '^            10 rows to come, and a forecast reads 10$'
check "the autocorrelation is that of the target" contains out '^autocorrelation: a peak at 7 rows '
check "so is the season that a fit takes" contains out '^  season    7 rows: '
check "and the number of values" contains out '^  networks  3: the targets have 290 values, and targets of 60000 or more take one network$'
check "what is missing of it" contains out '^  fill      mask; no value is missing of the targets$'
check "and of covariates" contains out '^            1 of covariates take the value before them$'
check "parts are without the rows to come" contains out '^  parts     189 rows train, 43 choose .* 58 judge'
run train roles.csv --target y --known plan --horizon 10 --updates 5 --networks 1 -j1 -m roles -q
run inspect roles
check "as a fit does" contains out '"season_len": *7'
run describe roles.csv --target y --past seen,plan --horizon 10
check "covariates may be past" contains out '^  past      plan, seen$'
check "then rows to come are noted" contains err "'y' ends in row 290; the 10 rows after it"
run describe roles.csv --known plam
check "a column that is not there is named" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "with one that is near" contains err "^lstmts: --known: the table has no column 'plam' with numbers; did you mean 'plan'"
run describe roles.csv --columns y,plan --known plan --horizon 12
check "--columns chooses the columns before" contains out '^            10 rows to come, and a forecast reads 12$'
{ head -n 20 roles.csv && tail -n 10 roles.csv; } >few.csv
run describe few.csv --target y --known plan
check "rows to come are not enough rows" same "0 1" "$code $(grep -c 'fewer than 20 rows' out)"

summary
