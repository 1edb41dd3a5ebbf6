# SPDX-License-Identifier: MIT
"""With each BLAS, and without: the library is installed, and links shared and static.

    test_blas.py PROJECT
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1]).resolve()
CONSUMER = ROOT / "tests" / "packaging" / "consumer" / "consumer.c"
CC = os.environ.get("CC", "cc").split()
SETUP = ["meson", "setup", "-Dtests=false", "-Dexamples=false", "-Doptimization=0", "-Dlibdir=lib"]
BLAS = r"lib(?:open|c)?blas"


def _call(*command, **environment):
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        env=dict(os.environ, **environment),
        capture_output=True,
        text=True,
    )
    expect(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _blas_needed_by(file):
    return re.findall(rf"\(NEEDED\).*\[({BLAS})\.so", _call("readelf", "-d", "-W", file))


class _Installed:
    """A copy of the library in a folder, built with -Dblas=`option`."""

    def __init__(self, option, folder):
        build, self.prefix = Path(folder) / "build", Path(folder) / "installed"
        self.said = _call(*SETUP, f"-Dblas={option}", f"--prefix={self.prefix}", build, ROOT)
        _call("meson", "install", "-C", build, "--quiet")
        self.library = self.prefix / "lib"

    def package(self, *options):
        path = f"{self.library / 'pkgconfig'}"
        return _call("pkg-config", *options, "lstmts", PKG_CONFIG_PATH=path).split()

    def run_consumer(self, *libraries):
        """Links a program and runs it with the kernels of the BLAS, if there are any."""
        program = self.prefix / "consumer"
        _call(*CC, "-std=c11", CONSUMER, "-o", program, *self.package("--cflags"), *libraries)
        said = _call(program, LD_LIBRARY_PATH=str(self.library), LSTMTS_KERNELS="cblas")
        expect(said.endswith(": right\n"), said)
        return program


def _check(option, name, library, flag):
    """`name` is what the configuration says, `library` what is needed, `flag` what links it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = _Installed(option, folder)
        found = re.search(r"BLAS *: (\w+)", copy.said)
        expect(found and found[1] == name, copy.said)
        dynamic = _call("readelf", "-d", "-W", copy.library / "liblstmts.so")
        expect(not re.search(r"\((?:RPATH|RUNPATH)\)", dynamic), dynamic)
        needed = _blas_needed_by(copy.library / "liblstmts.so")
        expect(needed == library, f"the library needs {needed}")
        expect(copy.package("--libs") == [f"-L{copy.library}", "-llstmts"], copy.package("--libs"))
        static = [word for word in copy.package("--static", "--libs") if "blas" in word]
        expect([word for word in static if word.startswith("-l")][:1] == flag, static)
        shared = copy.run_consumer(*copy.package("--libs"), "-lm")
        expect(_blas_needed_by(shared) == [], "a program needs the BLAS itself")
        copy.run_consumer("-static", *copy.package("--static", "--libs"))


def with_openblas():
    _check("openblas", "openblas", ["libopenblas"], ["-lopenblas"])


def with_the_reference_blas():
    _check("netlib", "netlib", ["libblas"], ["-lblas"])


def without_a_blas():
    _check("none", "none", [], [])


def by_default_with_openblas_where_it_is():
    with tempfile.TemporaryDirectory() as folder:
        said = _call(*SETUP, Path(folder) / "build", ROOT)
        expect(re.search(r"BLAS *: openblas", said), said)


run(with_openblas, with_the_reference_blas, without_a_blas, by_default_with_openblas_where_it_is)
