# SPDX-License-Identifier: MIT
# valid_snapshots.csv: the Total of every snapshot, early ones dark, late ones bright.
stats "valid_snapshots.csv" skip 1 nooutput
n = STATS_columns - 1
set output "valid_snapshots.".format
set title "Test rows: error of each snapshot by recursion step"
set xlabel "recursion step"
set ylabel "Total RMSE"
set xrange [0.5:20.5]
set yrange [0:*]
set key outside right center
set palette defined (0 "#440154", 0.33 "#31688e", 0.66 "#35b779", 0.85 "#c7c93a", 1 "#f0a500")
unset colorbox
set cbrange [0:1]
plot for [i = 2:n + 1] "valid_snapshots.csv" using 1:i with linespoints pointtype 7 \
    pointsize 0.7 linewidth 1.5 linecolor palette frac (n > 1 ? (i - 2.0) / (n - 1) : 1) \
    title columnheader(i)
