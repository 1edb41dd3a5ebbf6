# SPDX-License-Identifier: MIT
# loss.csv: the loss against the iteration, log-log.
set output "loss.".format
set title "Training: loss of the last step of each window"
set xlabel "iteration"
set ylabel "mean squared error"
set logscale xy
set format y "10^{%L}"
set xrange [1:1500]
set key bottom left
plot "loss.csv" skip 1 using 1:2 with lines linecolor rgb grey title "each update", \
     "" skip 1 using 1:3 with lines linewidth 1.5 linecolor rgb blue title "rolling median of 10", \
     "" skip 1 using 1:4 with lines linewidth 3 linecolor rgb orange title "rolling median of 100"
