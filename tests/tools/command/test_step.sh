#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the filter on one of several series, with short trainings: test_step.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"
filter() { # arguments; as run(), but standard input is a pipe of the lines in rows
    "$lstmts" step "$@" <rows >out 2>err
    code=$?
}

section series
awk 'BEGIN { print "unique_id,ds,heat,temp"
    split("school hospital office depot", names, " ")
    for (s = 1; s <= 4; s++) for (t = 0; t < 96; t++) printf "%s,2020-01-%02d %02d:00,%.2f,%.2f\n",
        names[s], 1 + t / 24, t % 24, 100 * s + 10 * sin(6.2832 * t / 24) + sin(t * t) - 9 * sin(1.7 * t * t), 5 + sin(1.7 * t * t) }' >four.csv
run train four.csv --horizon 3 --use ridge --target heat -j1 -q --model four
check "a fit of four series is saved" same 0 "$code"
{ sed -n 1p four.csv && grep ^hospital four.csv; } >hospital.csv
printf 'heat,temp\n207.5,4.5\n' >rows
filter four hospital.csv
check "a table of one series is its past" same "0 2" "$code $(wc -l <out | tr -d ' ')"
cp out hospital.out
filter four four.csv --series hospital
check "so is one series of several" cmp -s out hospital.out
filter four four.csv --series school
check "another one has another past" same "0 1" "$code $(cmp -s out hospital.out; echo $?)"
filter four four.csv
check "several need a choice" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "of their names" contains err \
    "^lstmts: four.csv has 4 series: 'school', 'hospital', 'office', [.]{3}; --series says which one"
filter four four.csv --series hospitel
check "another name fails" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "which is said, with a name that is near" contains err \
    "^lstmts: --series: four.csv has no series 'hospitel'; did you mean 'hospital'"
cut -d, -f2- hospital.csv >wide.csv
filter four wide.csv --series hospital
check "a wide table has no series" contains err "^lstmts: --series: wide.csv has no column of series names"
filter four --series hospital
check "nor has none" contains err "^lstmts: --series is one of DATA, which is not given"

section names of series
printf 'unique_id,heat,temp\nhospital,207.5,4.5\n' >rows
filter four four.csv --series hospital
check "a row may name its series" cmp -s out hospital.out
printf 'heat,temp,Item_ID\n207.5,4.5,"hospital"\n' >rows
filter four four.csv --series hospital
check "in each place, by each name that tables know" cmp -s out hospital.out
printf 'unique_id,heat,temp\nhospital,207.5,4.5\nschool,207.5,4.5\n' >rows
filter four four.csv --series hospital
check "a row of another series fails after those before" same "1 2" "$code $(wc -l <out | tr -d ' ')"
check "with its line and both names" contains err \
    "^lstmts: standard input: line 3, column 1: the row is of series 'school', .* are of 'hospital'"
filter four hospital.csv
check "also where the table has one series" contains err "line 3, column 1: the row is of series 'school'"
filter four wide.csv
check "or names none" contains err "line 3, column 1: the row is of series 'school', .* are of 'hospital'"
filter four
check "or is not there" contains err "line 3, column 1: the row is of series 'school', .* are of 'hospital'"
filter four --id ''
check "an empty --id reads no names" same "0 3" "$code $(wc -l <out | tr -d ' ')"
printf 'unique_id,heat,temp\nhospitals,207.5,4.5\n' >rows
filter four hospital.csv
check "a longer name is another one" contains err "line 2, column 1: the row is of series 'hospitals'"
printf 'unique_id,heat,temp\n,207.5,4.5\n' >rows
filter four hospital.csv
check "an empty one is none" contains err "line 2, column 1: the name of the series is empty"
sed 's/^unique_id/building/' four.csv >building.csv
printf 'building,heat,temp\nhospital,207.5,4.5\n' >rows
filter four building.csv --id building --series hospital
check "--id has another name of the column" cmp -s out hospital.out
filter four building.csv --id 1 --series hospital
check "or its number" cmp -s out hospital.out
printf 'building,heat,temp\nschool,207.5,4.5\n' >rows
filter four building.csv --id building --series hospital
check "whose cells are read, too" contains err "line 2, column 1: the row is of series 'school'"
printf 'heat,temp\n207.5,4.5\n' >rows
filter four building.csv --id building --series hospital
check "standard input may lack it" cmp -s out hospital.out
filter four --id building
check "unless no table has it" contains err "line 1: there is no column 'building' for the names of series"
printf '207.5,4.5\n' >rows
filter four --id building
check "also without a header" contains err "line 1: there is no column 'building' for the names of series"

section values to come
{ head -n 91 hospital.csv && tail -n 6 hospital.csv | sed 's/,[^,]*,\([^,]*\)$/,,\1/'; } >planned.csv
run train planned.csv --horizon 6 --use ridge --target heat --known temp -j1 -q --model planned
check "a fit with 6 values to come is saved" same 0 "$code"
tail -n 6 hospital.csv | cut -d, -f3,4 >all
lines() { # rows of standard input
    { echo heat,temp && head -n "$1" all; } >rows
}
lines 2
filter planned planned.csv --horizon 2
check "a shorter horizon leaves some for the rows that come" same "0 3" "$code $(wc -l <out | tr -d ' ')"
cp out two.out
lines 5
filter planned planned.csv --horizon 2
check "all of them are read" same "1 5" "$code $(wc -l <out | tr -d ' ')"
check "with the same forecasts" same "$(cat two.out)" "$(head -n 3 out)"
check "and their number is said" contains err "line 6: the known covariate 'temp' has 1 values to come, .* 2 rows needs 2"
lines 1
filter planned planned.csv --levels 90 --horizon 2
check "intervals need those of the fit" contains err "line 2: the known covariate 'temp' has 5 values to come, .* needs 6"
{ cat planned.csv && tail -n 2 hospital.csv | sed 's/2020-01-04/2020-01-05/; s/ 22:/ 00:/; s/ 23:/ 01:/; s/,[^,]*,\([^,]*\)$/,,\1/'; } >more.csv
lines 2
filter planned more.csv --levels 90 --horizon 2
check "one more of each row is enough" same "0 3" "$code $(wc -l <out | tr -d ' ')"
check "for the same forecasts" same "$(sed 1d two.out)" "$(sed 1d out | cut -d, -f1,4)"

summary
