# SPDX-License-Identifier: MIT
"""The pages that teach are true: their commands and programs run, in order, and print what is shown.

    test_pages.py PROJECT BUILD COMMAND [PAGE...]

The blocks of a page run in a folder of its own, beside a link to examples/:

    sh              runs; each command must succeed
    console         lines with "$ " run, and print the lines that follow; "..." is any lines
    text            is what the block before printed
    c, cpp          is kept under the name in its first comment: /* name.c: ... or // name.cpp: ...

Of README.md only the blocks of console are run here; test_readme.py has the others.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT, BUILD, COMMAND = (Path(word).resolve() for word in sys.argv[1:4])
PAGES = [Path(page) for page in sys.argv[4:]] or [
    ROOT / "README.md",
    ROOT / "docs" / "tutorial.md",
    *sorted((ROOT / "docs" / "howto").glob("*.md")),
]
LANGUAGES = {"sh", "console", "text", "c", "cpp"}
SHARE = 0.1  # of a shown number: kernels for other processors round differently, and train other bits
PROGRESS = re.compile(r"^ *\d+ %  .*\n", re.M)


def _blocks(page):
    return re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S)


def _environment(folder):
    """The library as it was built, as if it were installed."""
    package = folder / "package"
    package.mkdir()
    (package / "lstmts.pc").write_text(
        "Name: lstmts\nDescription: as built\nVersion: 0\n"
        f"Cflags: -I{ROOT}/include\nLibs: -L{BUILD}/src -Wl,-rpath,{BUILD}/src -llstmts -lm\n"
    )
    others = {name: value for name, value in os.environ.items() if not name.startswith("LSTMTS_")}
    path = f"{COMMAND.parent}:{os.environ['PATH']}"
    return {**others, "PATH": path, "PKG_CONFIG_PATH": str(package), "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _shell(script, work, environment):
    """What it prints, without lines of progress."""
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = PROGRESS.sub("", done.stdout)
    expect(done.returncode == 0, f"{script}\nstatus {done.returncode}: {said}")
    return said


def _same_number(word, right):
    number = re.compile(r"[-+]?\d+\.?\d*(e[-+]?\d+)?")
    a, b = (number.fullmatch(text.strip("(),;:%[]")) for text in (word, right))
    if not a or not b:
        return False
    decimals = len(b.group().partition(".")[2])
    found, shown = float(a.group()), float(b.group())
    return abs(found - shown) <= max(SHARE * abs(shown), 2 * 10**-decimals)


def _same_line(line, right):
    cells, shown = (re.split(r"[\s,]+", text.strip()) for text in (line, right))
    return len(cells) == len(shown) and all(a == b or _same_number(a, b) for a, b in zip(cells, shown))


def _same_lines(lines, right):
    return len(lines) == len(right) and all(map(_same_line, lines, right))


def _printed(said, shown, script):
    """Expects the shown lines; a line "..." is any number of lines."""
    lines, at, open_start = said.splitlines(), 0, False
    parts = re.split(r"^\.\.\.\n", shown, flags=re.M)
    for number, part in enumerate(parts):
        right = part.splitlines()
        last = len(lines) - len(right)
        starts = range(at, last + 1) if open_start else [at]
        if number == len(parts) - 1:
            starts = [last] if last in starts else []
        begin = next((i for i in starts if _same_lines(lines[i : i + len(right)], right)), None)
        expect(begin is not None, f"{script}\nprints\n{said}\nbut the page shows\n{shown}")
        at, open_start = begin + len(right), True


def _console(text):
    """(script, what it prints) of each command."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        end = re.search(r"(?<!\\)\n", part).end()
        yield part[:end], part[end:]


def _keep(program, work):
    name = re.match(r"(?:/\*|//) ([\w.]+\.(?:c|cpp)): ", program)
    expect(name, f"its first comment has no name of a file:\n{program}")
    (work / name.group(1)).write_text(program)


def _run_block(language, text, said, work, environment):
    if language == "sh":
        return _shell(text, work, environment)
    if language == "console":
        for script, shown in _console(text):
            said = _shell(script, work, environment)
            if shown:
                _printed(said, shown, script)
    elif language == "text":
        _printed(said, text, "the block before")
    else:
        _keep(text, work)
    return said


def _case(page):
    def case():
        blocks = _blocks(page)
        if page.name == "README.md":
            blocks = [block for block in blocks if block[0] == "console"]
        expect(blocks, "there is nothing to run")
        with tempfile.TemporaryDirectory() as folder:
            environment = _environment(Path(folder))
            work = Path(folder) / "work"
            work.mkdir()
            (work / "examples").symlink_to(ROOT / "examples")
            said = ""
            for language, text in blocks:
                expect(language in LANGUAGES, f"blocks of '{language}' are not run:\n{text}")
                said = _run_block(language, text, said, work, environment)

    case.__name__ = f"{page.name}_is_true"
    return case


def a_false_page_is_detected():
    said = "first\n10.0 words\nlast\n"
    for shown in (said, "...\n10.1 words\n...\n", "first\n...\n", "...\nlast\n", "...\n"):
        _printed(said, shown, "")
    for shown in ("first\n12.0 words\nlast\n", "first\n10.0 words\n", "10.0 words\nlast\n", "...\nfirst\n",
                  "first\nlast\n", "...\nlast\n...\nfirst\n...\n", "...\n10.0 word\n...\n"):
        try:
            _printed(said, shown, "")
        except AssertionError:
            continue
        raise AssertionError(f"{shown} is not detected")


run(a_false_page_is_detected, *map(_case, PAGES))
