# SPDX-License-Identifier: MIT
# valid.csv: the last snapshot's error by recursion step.
set output "valid.".format
set title "Test rows: error of the last snapshot by recursion step"
set xlabel "recursion step"
set ylabel "RMSE"
set xrange [0.5:20.5]
set yrange [0:*]
set key outside bottom center horizontal
set bmargin 5
plot "valid.csv" skip 1 using 1:2 with linespoints pointtype 4 linecolor rgb blue title "sin 2t", \
     "" skip 1 using 1:3 with linespoints pointtype 6 linecolor rgb orange title "cos t", \
     "" skip 1 using 1:4 with linespoints pointtype 7 linewidth 2.5 linecolor rgb "black" \
     title "Total"
