#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""browser.py REPORT.html [FOLDER [AXE.js]]: opens a report in headless Chromium (Debian packages chromium and
chromium-driver). No message on the console, no request, nothing wider than the page; hovering shows
values, the slider moves the origin, dragging zooms. FOLDER, which is made, receives screenshots for each width and
colour scheme. AXE.js is axe.min.js of axe-core, such as PyPI's axe-playwright-python has it: no finding
is serious or critical."""
import base64
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PORT = 9517
WIDTHS = (400, 900, 1400)
# All that sticks out of the page, and texts of a chart that overlap.
CROWDED = """
const found = [], width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) found.push('the page is wider than the window');
document.querySelectorAll('figure').forEach(function (figure) {
  const name = figure.querySelector('figcaption').textContent;
  const boxes = [...figure.querySelectorAll('text, figcaption, .legend li, .y-name, .x-name')]
    .filter(t => t.getClientRects().length).map(t => [t.textContent, t.getBoundingClientRect()]);
  boxes.forEach(function ([text, a], i) {
    if (a.left < 0 || a.right > width) found.push(name + ': "' + text + '" leaves the page');
    boxes.slice(i + 1).forEach(function ([other, b]) {
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        found.push(name + ': "' + text + '" overlaps "' + other + '"');
    });
  });
});
return found;
"""


class Browser:
    """A session of WebDriver (W3C), over HTTP on this machine."""

    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", f"--port={PORT}"], stdout=subprocess.DEVNULL)
        options = {"args": ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]}
        capabilities = {"goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.path = "/session"
        for _ in range(100):
            try:
                made = self.call("", {"capabilities": {"alwaysMatch": capabilities}})
                break
            except OSError:
                time.sleep(0.1)
        self.path = f"/session/{made['sessionId']}"

    def call(self, path, body):
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{PORT}{self.path}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=120) as reply:
            return json.load(reply)["value"]

    def run(self, script, *arguments):
        return self.call("/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.call("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind):
        return self.call("/se/log", {"type": kind})

    def mouse(self, *actions):
        pointer = {"type": "pointer", "id": "mouse", "actions": list(actions)}
        self.call("/actions", {"actions": [pointer]})

    def close(self):
        """Ends the session, and with it Chromium, which outlives its driver."""
        url = f"http://127.0.0.1:{PORT}{self.path}"
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=30).close()
        except OSError:
            pass  # there is none
        self.driver.terminate()
        self.driver.wait()


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def move(x, y):
    return {"type": "pointerMove", "x": int(x), "y": int(y), "duration": 50}


def place(browser, selector):
    """The first such element, scrolled to the middle: left, top, width, height."""
    return browser.run(
        "const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center'});"
        "const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height];", selector)


def hovering_shows_values(browser, picture=None):
    left, top, width, height = place(browser, "svg.axes")
    browser.mouse(move(left + width / 2, top + height / 2))
    text = browser.run("return document.querySelector('.tip:not([hidden])')?.innerText || ''")
    expect(":" in text and any(c.isdigit() for c in text), f"hovering shows {text!r}")
    if picture:
        Path(picture).write_bytes(base64.b64decode(browser.devtools("Page.captureScreenshot")["data"]))


def the_slider_moves_the_origin(browser):
    state = ("const f = document.querySelector('figure:has(.slider)'); return ["
             "f.querySelector('path.forecast').getAttribute('d'), f.querySelector('path.origin').getAttribute('d'),"
             "f.querySelector('output').textContent, f.querySelector('figcaption').textContent]")
    before = browser.run(state)
    left, top, width, height = place(browser, ".slider input")
    browser.mouse(move(left + width / 4, top + height / 2), {"type": "pointerDown", "button": 0},
                  {"type": "pointerUp", "button": 0})
    after = browser.run(state)
    expect(all(a != b for a, b in zip(before, after)), f"the slider leaves {before} at {after}")
    browser.run("const i = document.querySelector('.slider input'); i.value = i.max;"
                "i.dispatchEvent(new Event('input'));")
    again = browser.run(state)
    points = [[float(n) for n in d.replace("M", " ").replace("L", " ").replace("h0", "").split()]
              for d in (before[0], again[0])]
    expect(len(points[0]) == len(points[1]), "the script draws another number of points than the page")
    worst = max(abs(a - b) for a, b in zip(*points))
    expect(worst < 1, f"the script draws the last forecast {worst} of 1000 beside that of the page")


def dragging_zooms(browser):
    left, top, width, height = place(browser, "svg.axes")
    browser.mouse(move(left + width / 4, top + height / 2), {"type": "pointerDown", "button": 0},
                  move(left + width / 2, top + height / 2), {"type": "pointerUp", "button": 0})
    zoomed = browser.run("return document.querySelector('.marks').getAttribute('transform')")
    expect("scale(4" in zoomed or "scale(3.9" in zoomed, f"dragging gives {zoomed}")
    browser.run("document.querySelector('.reset').click()")
    expect("scale(1 1)" in browser.run("return document.querySelector('.marks').getAttribute('transform')"),
           "the whole range is not shown again")


def nothing_is_crowded(browser, name, folder):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900,
                             deviceScaleFactor=1, mobile=False)
            browser.devtools("Emulation.setEmulatedMedia",
                             features=[{"name": "prefers-color-scheme", "value": scheme}])
            crowded = browser.run(CROWDED)
            expect(not crowded, f"{width} px: " + "; ".join(crowded[:8]))
            if folder:
                take_pictures(browser, f"{folder}/{name}-{width}-{scheme}", width)


def take_pictures(browser, name, width):
    """The page in pieces of 1600 pixels."""
    height = browser.run("return document.documentElement.scrollHeight")
    for i, top in enumerate(range(0, height, 1600)):
        clip = {"x": 0, "y": top, "width": width, "height": min(1600, height - top), "scale": 1}
        picture = browser.devtools("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        Path(f"{name}-{i}.png").write_bytes(base64.b64decode(picture["data"]))


def everybody_can_use_it(browser, axe):
    for scheme in ("light", "dark"):
        browser.devtools("Emulation.setEmulatedMedia",
                         features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.run(Path(axe).read_text(encoding="utf-8"))
        found = browser.call("/execute/async", {"script": "axe.run().then(arguments[0])", "args": []})
        serious = [f"{v['id']} ({v['impact']}): {v['help']}, {v['nodes'][0]['html'][:120]}"
                   for v in found["violations"] if v["impact"] in ("serious", "critical")]
        expect(not serious, f"{scheme}: " + "; ".join(serious))
        others = sorted({v["id"] for v in found["violations"]})
        print(f"axe {found['testEngine']['version']}, {scheme}: {len(found['passes'])} rules pass, {others} do not")


def nothing_is_reported_or_requested(browser):
    messages = [line["message"] for line in browser.log("browser")]
    expect(not messages, f"the console has {messages}")
    events = (json.loads(line["message"])["message"] for line in browser.log("performance"))
    urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    outside = [url for url in urls if not url.startswith(("file:", "data:"))]
    expect(urls and not outside, f"the page requests {outside}")


def main(report, folder=None, axe=None):
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        browser.call("/url", {"url": Path(report).resolve().as_uri()})
        n = browser.run("return document.querySelectorAll('svg.axes').length")
        expect(n > 0, "there is no picture")
        nothing_is_crowded(browser, Path(report).stem, folder)
        hovering_shows_values(browser, folder and f"{folder}/{Path(report).stem}-hover.png")
        # The report of a saved forecaster has one forecast.
        if browser.run("return document.querySelector('.slider') !== null"):
            the_slider_moves_the_origin(browser)
        dragging_zooms(browser)
        if axe:
            everybody_can_use_it(browser, axe)
        nothing_is_reported_or_requested(browser)
        print(f"{report}: {n} pictures, in order")
    finally:
        browser.close()


main(*sys.argv[1:])
