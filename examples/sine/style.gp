# SPDX-License-Identifier: MIT
# What all pictures share. In a folder of CSV files, with the path of this folder before each file:
#     gnuplot -e "format='png'" style.gp loss.gp
# `format` is "png" or "svg".
if (format eq "svg") {
    set terminal svg size 1000,620 font "sans-serif,16" background "white"
} else {
    set terminal pngcairo size 1280,800 font "sans,16" linewidth 1.6
}
set datafile separator comma
set key noenhanced opaque
set border linecolor "#444444"
set grid linetype 1 linewidth 0.5 linecolor "#cccccc"
set tics nomirror

blue = "#0072b2"
orange = "#d55e00"
pale_blue = "#8ec9ea"
pale_orange = "#f4b183"
grey = "#bbbbbb"
