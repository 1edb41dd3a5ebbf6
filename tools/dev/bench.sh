# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Measurements: ./dev bench, ./dev checkpoint, ./dev log, ./dev denormals

# A Python environment for each peer, kept in build/. A package that cannot be installed is no
# error: the comparison then lists the peer as missing.
peer_packages() { # environment, module to try, packages
    environment=build/$1
    module=$2
    shift 2
    if [ -x "$environment/bin/python" ] && "$environment/bin/python" -c "import $module" 2>/dev/null; then
        return 0
    fi
    say "installing in $environment: $*"
    [ -x "$environment/bin/python" ] || python3 -m venv "$environment" || return 0
    "$environment/bin/python" -m pip install -q --no-compile "$@" || say "could not install: $*"
}

peers() {
    peer_packages bench-venv torch torch numpy
    peer_packages bench-venv onnxruntime onnx onnxruntime
    peer_packages bench-venv-jax jax jax numpy
    peer_packages bench-venv-openvino openvino openvino onnx numpy
    peer_packages bench-venv-keras tensorflow tensorflow-cpu
    peer_packages bench-venv-keras ai_edge_litert ai-edge-litert
    # Its installer needs parts of setuptools and NumPy that later releases removed.
    peer_packages bench-venv-chainer setuptools 'setuptools<70' wheel 'numpy<1.24' six
    peer_packages bench-venv-chainer chainer --no-build-isolation chainer==7.8.1
    onednn_peer
}

onednn_peer() {
    environment=$PWD/build/bench-venv
    if [ ! -f "$environment/include/oneapi/dnnl/dnnl.hpp" ]; then
        "$environment/bin/python" -m pip install -q onednn-cpu-gomp onednn-devel-cpu-gomp ||
            say "could not install oneDNN"
    fi
    out=build/bench/bench/peers
    mkdir -p "$out"
    if ! cc -O2 -D_POSIX_C_SOURCE=200809L -c bench/timing.c -o "$out/timing.o" ||
        ! c++ -std=c++17 -O3 -march=native -fno-math-errno -isystem "$environment/include" \
            bench/peers/onednn.cpp "$out/timing.o" -o "$out/onednn" \
            -L"$environment/lib" -Wl,-rpath,"$environment/lib" -ldnnl; then
        say "could not build the peer on oneDNN"
    fi
}

bench() { # options of bench/compare.py
    require "$needed_to_build$needed_to_bench"
    (require "$wanted_to_bench") || say "continuing without them"
    build_bench
    peers
    exec python3 -B bench/compare.py build/bench "$@"
}

checkpoint() { # folders
    require "$needed_to_build"
    build_bench bench/lstmts-checkpoint
    [ $# -gt 0 ] || set -- build/bench
    exec build/bench/bench/lstmts-checkpoint "$@"
}

log_cost() { # folder
    require "$needed_to_build"
    build_bench bench/lstmts-log
    BENCH_CLOCK=processor exec build/bench/bench/lstmts-log "${1-build/bench}"
}

denormals() {
    require "$needed_to_build"
    build_bench bench/lstmts-denormals
    exec build/bench/bench/lstmts-denormals
}
