# SPDX-License-Identifier: MIT
"""README.md is true: its program, its output and its shell blocks, which run word for word. (test_pages.py runs
the command with which it begins.)

    test_readme.py PROJECT

The blocks run in a copy of the tree with a HOME of its own, so that nothing else changes. The only
stand-in is sudo, which notes its arguments. CFLAGS has the library built at -O1, a minute sooner: the
default build is at -O3.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1]).resolve()
README = (ROOT / "README.md").read_text()
COMMAND = {"libcsv-dev", "zlib1g-dev"}  # without which it is not built
LARGEST_DIFFERENCE = 0.05  # of forecasts: kernels for other processors round differently


def _blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def _number(i, language, n):
    """Block i of the n of a language."""
    blocks = _blocks(language)
    expect(len(blocks) == n, f"README.md has {len(blocks)} blocks of {language}")
    return blocks[i]


def _environment(home):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PKG_CONFIG_PATH", "LD_LIBRARY_PATH") and not name.startswith("LSTMTS_")
    }
    environment.update(CFLAGS="-O1", HOME=str(home), PATH=f"{home}/stand-in:{environment['PATH']}")
    return environment


def _sudo_stand_in(home):
    (home / "stand-in").mkdir(parents=True)
    sudo = home / "stand-in" / "sudo"
    sudo.write_text('#!/bin/sh\necho "$@" >>"$HOME/sudo.txt"\n')
    sudo.chmod(0o755)


def _shell(script, folder, home):
    """Standard output of a script of which each command must succeed."""
    done = subprocess.run(
        ["sh", "-e", "-c", script], cwd=folder, env=_environment(home), capture_output=True, text=True
    )
    expect(done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}")
    return done.stdout


def _copy_of_the_tree(place):
    """A copy that does not build the CUDA companion, which takes minutes and the default build has."""
    skip = shutil.ignore_patterns("build", ".git", "golden", "corpus", "__pycache__")
    copy = Path(shutil.copytree(ROOT, place, ignore=skip, symlinks=True))
    options = copy / "meson_options.txt"
    built = "option('cuda', type: 'feature', value: 'auto'"
    expect(built in options.read_text(), "the option cuda has another line")
    options.write_text(options.read_text().replace(built, built.replace("auto", "disabled")))
    return copy


def _printed(said, times):
    """Expects the shown output `times` times at the end of `said`, forecasts to a tolerance."""
    shown = _number(0, "text", 1).split()
    words = said.split()[-times * len(shown) :]
    expect(len(words) == times * len(shown), said)
    for word, right in zip(words, shown * times):
        same = word == right
        if not same and re.fullmatch(r"-?\d+\.\d+", right):
            same = abs(float(word) - float(right)) <= LARGEST_DIFFERENCE
        expect(same, f"{word} is printed, README.md shows {right}:\n{said}")


def its_program_is_examples_forecast():
    expect(_number(0, "c", 1) == (ROOT / "examples" / "forecast.c").read_text(), "forecast.c differs")


def the_shown_forecasts_are_close_to_the_truth():
    rows = [line.split() for line in _number(0, "text", 1).splitlines()[1:]]
    expect(len(rows) == 12, f"{len(rows)} rows")
    for row, forecast, truth in rows:
        expect(abs(float(forecast) - float(truth)) < 5, f"row {row}")


def the_shell_blocks_install_link_and_run_it():
    *blocks, _ = _blocks("sh")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _sudo_stand_in(home)
        said = _shell("".join(blocks), _copy_of_the_tree(Path(folder) / "tree"), home)
        _printed(said, times=2)
        _the_packages_are_those_that_dev_needs((home / "sudo.txt").read_text())


def _the_packages_are_those_that_dev_needs(asked):
    expect(re.fullmatch(r"apt install [^\n]*\n", asked), f"sudo was asked for: {asked}")
    script = (ROOT / "tools" / "dev" / "needs.sh").read_text()
    needed = _packages(script, "needed_to_build") | COMMAND
    expect(set(asked.split()[2:]) == needed, f"README.md has {asked}, ./dev needs {needed}")
    expect(COMMAND <= _packages(script, "needed_to_test"), "the command needs other packages")


def _packages(script, name):
    lines = re.search(rf"^{name}='\n(.*?)'", script, re.M | re.S).group(1).splitlines()
    return {line.split()[0] for line in lines}


def the_last_shell_block_builds_it_as_a_subproject():
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "forecast"
        (project / "subprojects").mkdir(parents=True)
        _copy_of_the_tree(project / "subprojects" / "lstmts")
        (project / "meson.build").write_text(_number(0, "meson", 1))
        shutil.copy(ROOT / "examples" / "forecast.c", project)
        said = _shell(_blocks("sh")[-1], project, Path(folder))
        _printed(said, times=1)
        expect((project / "build" / "subprojects" / "lstmts").is_dir(), "an installed copy was taken")


run(
    its_program_is_examples_forecast,
    the_shown_forecasts_are_close_to_the_truth,
    the_shell_blocks_install_link_and_run_it,
    the_last_shell_block_builds_it_as_a_subproject,
)
