#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs --plot with a program gnuplot of this test, which prints what it is told: test_plot.sh BUILD_DIR
set -u
. "$(dirname "$0")/command_check.sh"

awk 'BEGIN { print "time,`touch run`,it'"'"'s 2"
    for (t = 0; t < 240; t++) printf "2021-03-%02d %02d:00,%.4f,%s\n", 1 + t / 24, t % 24,
        10 + 3 * sin(6.2832 * t / 24) + 0.3 * sin(1.7 * t * t), t == 239 ? "" : t % 5 }' >load.csv
short="--horizon 12 --updates 5 --networks 1 --jobs 1 --use networks -q"
mkdir fake failing empty
cat >fake/gnuplot <<'EOF'
#!/bin/sh
[ "$1 $2" = "--default-settings -" ] && exec cat
EOF
cat >failing/gnuplot <<'EOF'
#!/bin/sh
[ "$2" = --version ] || { echo half; exit 3; }
EOF
sed -i 's/^\[ "\$1.*/[ "$2" = --version ] || &/' fake/gnuplot
chmod +x fake/gnuplot failing/gnuplot
path=$PATH

section wrong use
run forecast load.csv $short --plot picture.pdf
check "another ending is wrong use" same "2 0" "$code $(wc -c <out | tr -d ' ')"
PATH=$PWD/empty run forecast load.csv $short --plot picture.png
check "without gnuplot it fails before the fit" same "1 0" "$code $(wc -c <out | tr -d ' ')"
check "and says what is missing" contains err 'program gnuplot, which is not found on PATH'
echo before >old.svg
PATH=$PWD/failing:$path run forecast load.csv $short --plot old.svg
check "a gnuplot that fails is a failure" same 1 "$code"
check "an older picture stays" same before "$(cat old.svg)"
check "and no other file" same old.svg "$(ls -d old.svg*)"

section pictures
PATH=$PWD/fake:$path
export PATH
run forecast load.csv $short --plot picture.svg -m model
check "a picture is drawn" same 0 "$code"
check "the forecast is written, too" same 13 "$(wc -l <out | tr -d ' ')"
check "as SVG" contains picture.svg '^set terminal svg '
check "with a panel for each column" same 2 "$(grep -c '^plot ' picture.svg)"
check "names run no command" contains picture.svg "^set title '\\?touch run\\?'"
check "and may have quotes" contains picture.svg "^set title 'it''s 2'"
drawn() { # number of the panel: time and the three values of the last row to come
    awk -v n="$1" '$1 == "$next" { p++; next } $1 == "END" { inside = 0 } p == n && NF == 4 && /^[0-9]/ { last = $0 }
        END { print last }' picture.svg
}
check "the last row is that of the forecast" same 1615460400 "$(drawn 1 | cut -d' ' -f1)"
values_agree() {
    { drawn 1; tail -n 1 out | tr , ' '; } | awk 'NR == 1 { y = $2; l = $3; u = $4 }
        NR == 2 { exit !((y - $3) ^ 2 < 1e-8 && (l - $4) ^ 2 < 1e-8 && (u - $5) ^ 2 < 1e-8) }'
}
check "with its values" values_agree
check "a missing value is drawn as missing" contains picture.svg '^1615417200 NaN$'
run predict model load.csv -q --plot picture.png
check "predict draws, too" same 0 "$code"
check "as PNG" contains picture.png 'set terminal pngcairo '
awk 'BEGIN { print "unique_id,ds,y"; for (s = 1; s <= 17; s++) for (t = 1; t <= 28; t++)
    printf "s%d,2021-03-%02d,%d\n", s, t, s + t * t % 5 }' >long.csv
run forecast long.csv --horizon 2 --use baseline --plot picture.svg
check "of many series the first are drawn" contains err '^picture.svg has the first 16 of 17 series[.]$'
run forecast long.csv --horizon 2 --use baseline --plot picture.svg -q
check "which is not said with --quiet" same 0 "$(wc -c <err | tr -d ' ')"

summary
