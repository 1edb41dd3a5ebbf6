# SPDX-License-Identifier: MIT
# pred.csv: forecast and truth over the test rows.
set output "pred.".format
set title "Forecast of the test rows"
set xlabel "step"
set ylabel "value"
set xrange [0:49]
set yrange [-1.25:1.25]
set key outside bottom center horizontal maxrows 2 width 2
set bmargin 6
set arrow from 9.5,graph 0 to 9.5,graph 1 nohead dashtype 2 linecolor "#444444"
set label "inputs: true rows" at 4.75,1.12 center
set label "inputs: the model's own outputs" at 29.25,1.12 center
plot "pred.csv" skip 1 using 1:2 with lines linewidth 5 linecolor rgb pale_blue \
     title "sin 2t, truth", \
     "" skip 1 using 1:3 with lines linewidth 5 linecolor rgb pale_orange title "cos t, truth", \
     "" skip 1 using 1:4 with linespoints pointtype 7 pointsize 0.6 linecolor rgb blue \
     title "sin 2t, forecast", \
     "" skip 1 using 1:5 with linespoints pointtype 5 pointsize 0.6 linecolor rgb orange \
     title "cos t, forecast"
