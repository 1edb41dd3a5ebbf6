# SPDX-License-Identifier: MIT
"""test_form.py PROGRAM: the report that the program writes is well-formed HTML, its pictures are
well-formed XML, its data are JSON, it requests nothing, and names come out as they went in."""
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"meta", "link", "input"}
NAME = "</script><b onload=\"x\">'&amp;\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\n\\"


class Page(HTMLParser):
    """Elements in order; fails where one is not closed by its own end."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements = [], []
        self.feed(text)
        self.close()
        assert not self.open, f"{self.open} are not closed"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))
        if tag not in VOID:
            self.open.append((tag, self.elements[-1]))

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.open[-1][1][2].append(data)

    def texts(self, tag):
        return ["".join(parts) for name, _, parts in self.elements if name == tag]


text = subprocess.run([sys.argv[1]], check=True, capture_output=True).stdout.decode("utf-8")
page = Page(text)
cases = 0


def expect(condition, message):
    global cases
    assert condition, message
    cases += 1


pictures = re.findall(r'<svg xmlns.*?</svg></svg>', text, re.DOTALL)
for picture in pictures:
    root = ElementTree.fromstring(picture)
    expect(root.get("role") == "img" and root.get("aria-label"), "a picture has no name")
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        expect(re.fullmatch(r"([MLHVhZ][0-9. -]*)*", path.get("d")), f"path {path.get('d')[:60]}")
expect(len(pictures) == text.count('class="axes"') > 10, f"{len(pictures)} pictures")

shapes = {shape: text.count(f'class="{shape} c') for shape in ("line", "band", "bars", "rule")}
expect(all(shapes.values()), f"marks: {shapes}")
scripts = [(attributes, "".join(parts)) for tag, attributes, parts in page.elements if tag == "script"]
data = [json.loads(script) for attributes, script in scripts if "type" in attributes]
expect(len(data) + 1 == len(scripts), f"{len(scripts) - len(data)} scripts run")
names = {mark["name"] for chart in data for mark in chart.get("marks", [])}
expect(NAME in names, f"names: {names}")

for tag in ("title", "h1", "p", "pre", "figcaption", "li", "th", "td", "h3"):
    expect(any(NAME in found for found in page.texts(tag)), f"no <{tag}> has the name as it is")
expect("b" not in {tag for tag, a, _ in page.elements if "onload" in a}, "a name became an element")
outside = [url for url in re.findall(r'(?:https?:)?//[a-z][^\s"\']*', text) if "w3.org/2000/svg" not in url]
expect(not outside, f"addresses: {outside}")
expect(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "control characters are left")
expect("% <strong>worse than seasonal naive</strong>" in text or "worse than seasonal naive" in text, "no words")
expect("\n    &quot;c&quot;:" in text, "the configuration is not broken into lines")
print(f"{cases} passed, 0 failed")
