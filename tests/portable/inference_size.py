#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A program that only forecasts contains no kernels for training: inference_size.py SIZE OBJECT

OBJECT is inference.c linked with what it needs of the library, Jansson, xxHash and the C library
excluded. Its code and data must be less than 120 KB.
"""
import subprocess
import sys

LEAST, MOST = 50_000, 120_000  # with the readers and two sets of kernels it cannot be less

size, program = sys.argv[1:]
done = subprocess.run([size, program], capture_output=True, text=True, check=True)
text, data = map(int, done.stdout.splitlines()[1].split()[:2])
if LEAST < text + data < MOST:
    print(f"[       OK ] inference_size: {text} bytes of code and {data} of data")
    print("[  PASSED  ] 1 test(s).")
else:
    print(f"[  FAILED  ] inference_size: {text} + {data} bytes, expected {LEAST} to {MOST}")
    print("[  FAILED  ] 1 test(s)")
    sys.exit(1)
