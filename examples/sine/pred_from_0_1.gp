# SPDX-License-Identifier: MIT
# pred_from_0_1.csv: the article's call, one row [0, 1] and nothing true after it.
set output "pred_from_0_1.".format
set title "Forecast from the single row [0, 1], which is not on the curve"
set xlabel "step"
set ylabel "value"
set xrange [0:49]
set yrange [-1.25:1.25]
set key outside right center
plot "pred_from_0_1.csv" skip 1 using 1:4 with linespoints pointtype 7 pointsize 0.6 \
     linecolor rgb blue title "sin 2t, forecast", \
     "" skip 1 using 1:5 with linespoints pointtype 5 pointsize 0.6 linecolor rgb orange \
     title "cos t, forecast"
