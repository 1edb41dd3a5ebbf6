# SPDX-License-Identifier: MIT
# data.csv: what there is to learn.
set output "data.".format
set title "The data: the first 150 rows train, the last 50 test"
set xlabel "row"
set ylabel "value"
set xrange [0:199]
set yrange [-1.1:1.1]
set key outside right center
set arrow from 149.5,graph 0 to 149.5,graph 1 nohead dashtype 2 linecolor "#444444"
set label "training" at 75,1.0 center
set label "test" at 175,1.0 center
plot "data.csv" skip 1 using 1:3 with lines linewidth 2 linecolor rgb blue title "0.8 sin 2t", \
     "" skip 1 using 1:4 with lines linewidth 2 linecolor rgb orange title "0.8 cos t"
