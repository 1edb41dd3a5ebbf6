# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The article's experiment: ./dev demo, ./dev seeds

demo() {
    build_demo
    say "running the demo, results in build/demo/results"
    exec examples/sine/demo.sh build/demo build/demo/results
}

seeds() {
    build_demo
    exec examples/sine/twelve_seeds.sh build/demo build/seeds
}
