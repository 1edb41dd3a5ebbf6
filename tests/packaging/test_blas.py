# SPDX-License-Identifier: MIT
"""With each BLAS, and without: the library is installed, links shared and static, and needs no BLAS to
be linked or loaded.

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
SETUP = ["meson", "setup", "-Dtests=false", "-Dexamples=false", "-Dtools=disabled", "-Dcuda=disabled"]
SETUP += ["-Doptimization=0", "-Ddebug=false", "-Dlibdir=lib"]


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


def _expect_no_blas_needed_by(file):
    dynamic = _call("readelf", "-d", "-W", file)
    expect("(NEEDED)" in dynamic and "blas" not in dynamic, dynamic)


def _blas_opened_by(program, kernels, library):
    """The C library tells which files it loads."""
    environment = dict(os.environ, LSTMTS_KERNELS=kernels, LD_LIBRARY_PATH=str(library), LD_DEBUG="files")
    done = subprocess.run([program], env=environment, capture_output=True, text=True)
    expect("liblstmts.so.0" in done.stderr, done.stderr)
    return set(re.findall(r"\w*blas\.so\.\d", done.stderr))


# One build folder for all copies, so that only what the BLAS changes is compiled again.
WORK = tempfile.TemporaryDirectory()
BUILD = Path(WORK.name) / "build"


class _Installed:
    """A copy of the library in a folder, built with -Dblas=`option`."""

    def __init__(self, option, folder):
        self.prefix = Path(folder) / "installed"
        again = ["--reconfigure"] if BUILD.exists() else []
        self.said = _call(*SETUP, *again, f"-Dblas={option}", f"--prefix={self.prefix}", BUILD, ROOT)
        _call("meson", "install", "-C", BUILD, "--quiet")
        self.library = self.prefix / "lib"

    def package(self, *options):
        path = f"{self.library / 'pkgconfig'}"
        return _call("pkg-config", *options, "lstmts", PKG_CONFIG_PATH=path).split()

    def run_consumer(self, *libraries):
        """Links a program and runs it with the kernels of the BLAS, if they can run: not in a static one."""
        program = self.prefix / "consumer"
        _call(*CC, "-std=c11", CONSUMER, "-o", program, *self.package("--cflags"), *libraries)
        said = _call(program, LD_LIBRARY_PATH=str(self.library), LSTMTS_KERNELS="cblas")
        expect(said.endswith(": right\n"), said)
        return program


def _check(option, said, opened):
    """`said` is the output of the configuration, `opened` the file that the chosen set opens."""
    with tempfile.TemporaryDirectory() as folder:
        copy = _Installed(option, folder)
        expect(re.findall(r"BLAS *: (.*)", copy.said) == [said], copy.said)
        library = copy.library / "liblstmts.so"
        _expect_no_blas_needed_by(library)
        paths = re.findall(r"\((RPATH|RUNPATH)\).*\[(.*)\]", _call("readelf", "-d", "-W", library))
        expect(paths == [("RUNPATH", "$ORIGIN")], paths)
        expect(copy.package("--libs") == [f"-L{copy.library}", "-llstmts", "-lm"], copy.package("--libs"))
        static = copy.package("--static", "--libs")
        expect([word for word in static if "blas" in word] == [], static)
        shared = copy.run_consumer(*copy.package("--libs"))
        _expect_no_blas_needed_by(shared)
        expect(opened <= _blas_opened_by(shared, "cblas", copy.library), "the BLAS was not opened")
        seen = _blas_opened_by(shared, "generic", copy.library)
        expect(seen == set(), f"{seen} opened for another set")
        copy.run_consumer("-static", *static)


def with_openblas():
    _check("openblas", "openblas, opened as libopenblas.so.0", {"libopenblas.so.0"})


def with_the_reference_blas():
    _check("netlib", "netlib, opened as libblas.so.3 or libcblas.so.3", {"libblas.so.3"})


def without_a_blas():
    _check("none", "none", set())


def by_default_with_openblas_where_it_is():
    with tempfile.TemporaryDirectory() as folder:
        said = _call(*SETUP, Path(folder) / "build", ROOT)
        expect(re.search(r"BLAS *: openblas", said), said)


run(with_openblas, with_the_reference_blas, without_a_blas, by_default_with_openblas_where_it_is)
