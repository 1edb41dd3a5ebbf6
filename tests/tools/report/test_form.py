# SPDX-License-Identifier: MIT
"""test_form.py PROGRAM: the report that the program writes is well-formed HTML, its pictures are
well-formed XML, its data are JSON, it requests nothing, and names come out as they went in."""
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging"))
from cases import expect, run  # noqa: E402

VOID = {"meta", "link", "input"}
NAME = "</script><b onload=\"x\">'&amp;\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\n\\"


class Page(HTMLParser):
    """Elements in order; fails where one is not closed by its own end."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.elements = [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))
        if tag not in VOID:
            self.open.append((tag, self.elements[-1]))

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        expect(self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.open[-1][1][2].append(data)

    def texts(self, tag):
        return ["".join(parts) for name, _, parts in self.elements if name == tag]


text = subprocess.run([sys.argv[1]], check=True, capture_output=True).stdout.decode("utf-8")
page = Page()


def each_element_is_closed_by_its_own_end():
    page.feed(text)
    page.close()
    expect(not page.open, f"{page.open} are not closed")


def pictures_are_well_formed_and_have_names():
    pictures = re.findall(r"<svg xmlns.*?</svg></svg>", text, re.DOTALL)
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        expect(root.get("role") == "img" and root.get("aria-label"), "a picture has no name")
        for path in root.iter("{http://www.w3.org/2000/svg}path"):
            form = re.fullmatch(r"([MLHVhZ][0-9. -]*)*", path.get("d"))
            expect(form, f"path {path.get('d')[:60]}")
    expect(len(pictures) == text.count('class="axes"') > 10, f"{len(pictures)} pictures")
    shapes = {shape: text.count(f'class="{shape} c') for shape in ("line", "band", "bars", "rule")}
    expect(all(shapes.values()), f"marks: {shapes}")


def data_are_json_and_one_script_runs():
    scripts = [
        (attributes, "".join(parts)) for tag, attributes, parts in page.elements if tag == "script"
    ]
    data = [json.loads(script) for attributes, script in scripts if "type" in attributes]
    expect(len(data) + 1 == len(scripts), f"{len(scripts) - len(data)} scripts run")
    names = {mark["name"] for chart in data for mark in chart.get("marks", [])}
    expect(NAME in names, f"names: {names}")


def names_come_out_as_they_went_in():
    for tag in ("title", "h1", "p", "pre", "figcaption", "li", "th", "td", "h3"):
        expect(any(NAME in found for found in page.texts(tag)), f"no <{tag}> has the name as it is")
    handlers = {tag for tag, attributes, _ in page.elements if "onload" in attributes}
    expect("b" not in handlers, "a name became an element")
    expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "control characters are left")


def nothing_is_requested():
    found = re.findall(r"(?:https?:)?//[a-z][^\s\"']*", text)
    outside = [url for url in found if "w3.org/2000/svg" not in url]
    expect(not outside, f"addresses: {outside}")


def words_and_configuration_are_there():
    expect("worse than seasonal naive" in text, "no words")
    expect("\n    &quot;c&quot;:" in text, "the configuration is not broken into lines")


run(
    each_element_is_closed_by_its_own_end,
    pictures_are_well_formed_and_have_names,
    data_are_json_and_one_script_runs,
    names_come_out_as_they_went_in,
    nothing_is_requested,
    words_and_configuration_are_there,
)
