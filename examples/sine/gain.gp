# SPDX-License-Identifier: MIT
# article/valid.csv and closed_loop/valid.csv: what training the loop gains.
set output "gain.".format
set title "Test rows: error of both recipes by recursion step"
set xlabel "recursion step"
set ylabel "Total RMSE"
set logscale y
set xrange [0.5:20.5]
set yrange [0.001:1]
set key bottom right
plot "article/valid.csv" skip 1 using 1:4 with linespoints pointtype 7 linewidth 2 \
     linecolor rgb orange title "article's recipe: trained on true inputs", \
     "closed_loop/valid.csv" skip 1 using 1:4 with linespoints pointtype 5 linewidth 2 \
     linecolor rgb blue title "closed-loop recipe: trained on its own outputs"
