# SPDX-License-Identifier: MIT
"""The target `docs`: made without a warning, README.md is the front page, and it is installed.

    test_reference.py PROJECT
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

ROOT = Path(sys.argv[1]).resolve()
OPTIONS = ["-Ddocs=enabled", "-Dwerror=true", "-Dtests=false", "-Dexamples=false", "-Dcuda=disabled"]
OBJECTS = ["series", "model", "iter", "updater", "trainer", "state"]


def _call(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")


def _links(page):
    return set(re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', page.read_text()))


def _front_page_has_objects_and_documents(folder):
    links = _links(folder / "index.html")
    wanted = {f"{name}_8h.html" for name in OBJECTS}
    documents = [path for path in (ROOT / "docs").glob("*.md")]
    expect(len(documents) > 5, documents)
    wanted |= {f"md_docs_{path.stem.replace('-', '_')}.html" for path in documents}
    expect(wanted <= links, f"index.html does not link {wanted - links}")


def _links_lead_somewhere(folder):
    for page in folder.glob("*.html"):
        for link in _links(page):
            expect((folder / link).exists(), f"{page.name} links {link}, which is not there")


def it_is_made_without_a_warning_and_installed():
    with tempfile.TemporaryDirectory() as folder:
        build, prefix = Path(folder) / "build", Path(folder) / "installed"
        _call("meson", "setup", *OPTIONS, f"--prefix={prefix}", build, ROOT)
        _call("ninja", "-C", build, "docs")
        _call("meson", "install", "-C", build, "--no-rebuild", "--tags", "doc")
        html = prefix / "share" / "doc" / "lstmts" / "html"
        _front_page_has_objects_and_documents(html)
        _links_lead_somewhere(html)


run(it_is_made_without_a_warning_and_installed)
