# SPDX-License-Identifier: MIT
"""Tests of an installed copy from outside: only its prefix and pkg-config are used.

    test_installed.py PROJECT PREFIX
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run
from headers import symbols

ROOT, PREFIX = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
CONSUMER = ROOT / "tests" / "packaging" / "consumer"
CC = os.environ.get("CC", "cc").split()
CXX = os.environ.get("CXX", "c++").split()
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
C11 = CC + ["-std=c11"] + STRICT
CXX17 = CXX + ["-std=c++17"] + STRICT

package_file = next(PREFIX.rglob("lstmts.pc"))
library_folder = package_file.parent.parent
environment = dict(
    os.environ,
    PKG_CONFIG_PATH=str(package_file.parent),
    LD_LIBRARY_PATH=str(library_folder),
)


def _call(*command, folder=None, text=None):
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
    )
    expect(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _package(*options):
    return _call("pkg-config", *options, "lstmts").split()


def _dynamic(path, tag):
    return re.findall(rf"\({tag}\).*\[(.*)\]", _call("readelf", "-d", "-W", path))


def _build_and_run(compiler, source, *libraries):
    """Builds the consumer in an empty folder, runs it, and returns the libraries that it needs."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(CONSUMER / source, folder)
        command = compiler + [source, "-o", "consumer"] + _package("--cflags") + list(libraries)
        _call(*command, folder=folder)
        said = _call("./consumer", folder=folder)
        version = _call("pkg-config", "--modversion", "lstmts").strip()
        expect(said == f"consumer of lstmts {version}: right\n", said)
        return _dynamic(Path(folder) / "consumer", "NEEDED")


def _shared(compiler, source):
    needed = _build_and_run(compiler, source, *_package("--libs"))
    expect("liblstmts.so.0" in needed, f"needs {needed}")
    hidden = [name for name in needed if "jansson" in name or "xxhash" in name]
    expect(hidden == [], f"the library's own needs leak to its user: {hidden}")


def _static(compiler, source):
    needed = _build_and_run(compiler, source, "-static", *_package("--static", "--libs"))
    expect(needed == [], f"a static program needs {needed}")


def a_c_program_links_the_shared_library():
    _shared(C11, "consumer.c")


def a_c_program_links_the_static_library():
    _static(C11, "consumer.c")


def a_static_program_is_told_that_it_has_no_gpu():
    _static(C11, "static_device.c")


def a_cpp_program_links_the_shared_library():
    _shared(CXX17, "consumer.cpp")


def a_cpp_program_links_the_static_library():
    _static(CXX17, "consumer.cpp")


def a_meson_project_builds_it_as_a_static_subproject():
    # As a shared one, test_readme.py builds it.
    with tempfile.TemporaryDirectory() as folder:
        parent = Path(folder)
        for name in ("consumer.c", "meson.build"):
            shutil.copy(CONSUMER / name, parent)
        (parent / "subprojects").mkdir()
        (parent / "subprojects" / "lstmts").symlink_to(ROOT)
        setup = ["meson", "setup", "--wrap-mode=forcefallback", "-Dlstmts:default_library=static"]
        setup += ["-Dlstmts:cuda=disabled", "-Dlstmts:optimization=1"]
        _call(*setup, "build", folder=parent)
        _call("meson", "compile", "-C", "build", folder=parent)
        _call("meson", "test", "-C", "build", "--suite", "consumer", folder=parent)
        needed = _dynamic(parent / "build" / "consumer", "NEEDED")
        expect("liblstmts.so.0" not in needed, f"needs {needed}")


def the_shared_library_exports_exactly_the_listed_symbols():
    lines = _call("nm", "-D", "--defined-only", library_folder / "liblstmts.so").splitlines()
    names = [line.split()[-1] for line in lines]
    expect("LSTMTS_0" in names, "the version node LSTMTS_0 is missing")
    names.remove("LSTMTS_0")
    listed = [name + "@@LSTMTS_0" for name in symbols(ROOT)]
    expect(
        sorted(names) == sorted(listed),
        f"exported and not listed: {sorted(set(names) - set(listed))}; "
        f"listed and not exported: {sorted(set(listed) - set(names))}",
    )


def the_soname_is_apart_from_the_release():
    expect(_dynamic(library_folder / "liblstmts.so", "SONAME") == ["liblstmts.so.0"], "soname")
    version = _call("pkg-config", "--modversion", "lstmts").strip()
    real = (library_folder / "liblstmts.so").resolve().name
    expect(real == f"liblstmts.so.{version}", f"the file is {real}")


def the_installed_headers_are_those_of_the_tree():
    def names(folder, pattern):
        return sorted(str(path.relative_to(folder)) for path in folder.rglob(pattern) if path.is_file())

    installed = names(PREFIX / "include", "*")
    tree = names(ROOT / "include", "*.h*")
    expect(installed == tree, f"{installed} and {tree}")


def _compile_alone(compiler, language, pattern):
    headers = sorted((PREFIX / "include").rglob(pattern))
    expect(headers, f"no {pattern}")
    for header in headers:
        include = f"#include <{header.relative_to(PREFIX / 'include')}>\n"
        flags = _package("--cflags") + ["-fsyntax-only", "-x", language, "-"]
        _call(*compiler, *flags, folder="/", text=include * 2 + "int alone;\n")


def each_header_compiles_alone_as_c11():
    _compile_alone(C11, "c", "*.h")


def each_header_compiles_alone_as_cpp17():
    _compile_alone(CXX17, "c++", "*.h*")


def the_package_file_knows_nothing_of_the_source_tree():
    flags = " ".join(_package("--cflags") + _package("--static", "--libs"))
    for text in (package_file.read_text(), flags):
        expect(str(ROOT) not in text.replace(str(PREFIX), ""), text)
    expect(_package("--cflags")[0] == f"-I{PREFIX}/include", _package("--cflags"))
    expect(_package("--libs") == [f"-L{library_folder}", "-llstmts", "-lm"], _package("--libs"))


def every_installed_file_is_one_of_these():
    release = _call("pkg-config", "--modversion", "lstmts").strip()
    headers = {str(path.relative_to(ROOT)) for path in (ROOT / "include").rglob("*.h*")}
    library = library_folder.relative_to(PREFIX)
    libraries = {f"{library}/liblstmts{end}" for end in (".a", ".so", ".so.0", f".so.{release}")}
    names = ["LICENSE", *(path.name for path in ROOT.glob("*.md")), "tests/malformed/README.md"]
    for pattern in ("docs/**/*.md", "docs/*.svg", "examples/*.c*", "examples/data/*.md", "examples/sine/*"):
        names += [str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)]
    documents = {f"share/doc/lstmts/{name}" for name in names}
    wanted = headers | libraries | documents | {f"{library}/pkgconfig/lstmts.pc", "share/man/man3/lstmts.3"}
    if (PREFIX / "bin" / "lstmts").exists():
        completions = ("bash-completion/completions/lstmts", "fish/vendor_completions.d/lstmts.fish",
                       "zsh/site-functions/_lstmts")
        wanted |= {"bin/lstmts", "share/man/man1/lstmts.1", *(f"share/{name}" for name in completions)}
    found = {str(path.relative_to(PREFIX)) for path in PREFIX.rglob("*") if not path.is_dir()}
    companion = {name for name in found if name.startswith(f"{library}/liblstmts-cuda.so")}
    expect(
        found - companion == wanted,
        f"not expected: {sorted(found - companion - wanted)}; missing: {sorted(wanted - found)}",
    )


def in_usr_local_it_is_found_after_ldconfig():
    with tempfile.TemporaryDirectory() as folder:
        system = Path(folder)
        shutil.copytree(PREFIX, system / "usr" / "local", symlinks=True)
        (system / "etc").mkdir()
        shutil.copy("/etc/ld.so.conf", system / "etc")
        shutil.copytree("/etc/ld.so.conf.d", system / "etc" / "ld.so.conf.d")
        ldconfig = shutil.which("ldconfig", path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
        _call(ldconfig, "-r", system)
        place = Path("/usr/local") / library_folder.relative_to(PREFIX)
        cache = _call(ldconfig, "-r", system, "-p")
        expect(f"=> {place}/liblstmts.so.0\n" in cache, cache)
    searched = _call("pkg-config", "--variable", "pc_path", "pkg-config").strip().split(":")
    expect(str(place / "pkgconfig") in searched, f"pkg-config looks in {searched}")


def readme_licence_documents_and_examples_are_installed():
    folder = PREFIX / "share" / "doc" / "lstmts"
    expect((folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text(), "LICENSE")
    expect((folder / "examples" / "minimal.c").is_file(), "examples/minimal.c")
    for link in re.findall(r"\]\((?!\w+:)([^)#]+)", (folder / "README.md").read_text()):
        expect((folder / link).exists(), f"README.md links {link}, which is not installed")


run(
    a_c_program_links_the_shared_library,
    a_c_program_links_the_static_library,
    a_static_program_is_told_that_it_has_no_gpu,
    a_cpp_program_links_the_shared_library,
    a_cpp_program_links_the_static_library,
    a_meson_project_builds_it_as_a_static_subproject,
    the_shared_library_exports_exactly_the_listed_symbols,
    the_soname_is_apart_from_the_release,
    the_installed_headers_are_those_of_the_tree,
    each_header_compiles_alone_as_c11,
    each_header_compiles_alone_as_cpp17,
    the_package_file_knows_nothing_of_the_source_tree,
    every_installed_file_is_one_of_these,
    in_usr_local_it_is_found_after_ldconfig,
    readme_licence_documents_and_examples_are_installed,
)
