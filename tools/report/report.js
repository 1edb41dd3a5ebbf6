"use strict";
// Adds to each chart: values under the pointer or at the arrow keys, zoom by dragging, and the slider.
(function () {
  var SVG = "http://www.w3.org/2000/svg", SIDE = 1000, DAY = 86400;
  var STEPS = [1, 5, 15, 60, 300, 900, 3600, 10800, 21600, 43200, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
    28 * DAY, 91 * DAY, 182 * DAY, 365 * DAY, 730 * DAY, 1826 * DAY, 3652 * DAY, 18262 * DAY];

  function element(parent, name, attributes) {
    var made = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return parent.appendChild(made);
  }

  function number(value) {
    return value === null ? "\u2013" : String(Number(value.toPrecision(4)));
  }

  function when(chart, x, short) {
    if (chart.texts)
      return chart.texts[Math.round(x)];
    if (!chart.time)
      return String(Number(x.toPrecision(6)));
    var text = new Date(1000 * x).toISOString();
    var clock = text.slice(11, 16);
    return short && clock !== "00:00" ? clock : text.slice(0, 10) + (clock === "00:00" ? "" : " " + clock);
  }

  // The number of the value of an ascending array that is nearest to x.
  function nearest(values, x) {
    var low = 0, high = values.length - 1;
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (values[middle] < x) low = middle; else high = middle;
    }
    return x - values[low] <= values[high] - x ? low : high;
  }

  function step(chart, range) {
    var least = range / (innerWidth < 560 ? 3 : 6);
    if (chart.time)
      return STEPS.find(function (s) { return s >= least; }) || STEPS[STEPS.length - 1];
    var power = Math.pow(10, Math.floor(Math.log10(least)));
    return [1, 2, 5, 10].find(function (k) { return k * power >= least; }) * power;
  }

  // Without a zoom the ticks are those of the page.
  function ticks(chart) {
    var own = chart.zoom[0] === chart.range[0] && chart.zoom[1] === chart.range[1];
    chart.own.style.display = own ? "" : "none";
    chart.reset.hidden = own;
    chart.ticks.replaceChildren();
    if (own) return;
    var range = chart.zoom[1] - chart.zoom[0], by = step(chart, range);
    if (chart.texts) by = Math.max(1, Math.round(by));
    for (var x = Math.ceil(chart.zoom[0] / by) * by; x <= chart.zoom[1]; x += by) {
      var at = 100 * (x - chart.zoom[0]) / range + "%";
      element(chart.ticks, "line", { x1: at, x2: at, y1: "100%", y2: "102%", class: "tick" });
      element(chart.ticks, "text", { x: at, y: "100%", dy: "1.5em" }).textContent =
        chart.texts ? chart.texts[x] || "" : when(chart, x, true);
    }
  }

  function zoom(chart, low, high) {
    var range = chart.range[1] - chart.range[0];
    if (!(high - low > range / 1e4)) return;
    chart.zoom = [Math.max(low, chart.range[0]), Math.min(high, chart.range[1])];
    var scale = range / (chart.zoom[1] - chart.zoom[0]);
    var move = -SIDE * (chart.zoom[0] - chart.range[0]) / range * scale;
    chart.marks_drawn.setAttribute("transform", "translate(" + move + " 0) scale(" + scale + " 1)");
    ticks(chart);
    hide(chart);
  }

  function hide(chart) {
    chart.tip.hidden = true;
    chart.cross.style.display = "none";
  }

  function line(tip, text) {
    tip.appendChild(document.createElement("div")).textContent = text;
  }

  // Only lines that have a point there have a value: the nearest point of all of them decides.
  function show(chart, x) {
    var best = null;
    chart.marks.forEach(function (mark) {
      if (!mark.x.length) return;
      var at = mark.x[nearest(mark.x, x)];
      if (best === null || Math.abs(at - x) < Math.abs(best - x)) best = at;
    });
    if (best === null) return;
    chart.at = best;
    chart.tip.replaceChildren();
    line(chart.tip, (chart.x && !chart.texts ? chart.x + " " : "") + when(chart, best));
    chart.marks.forEach(function (mark) {
      var i = mark.x.length ? nearest(mark.x, best) : 0;
      if (mark.x[i] !== best) return;
      line(chart.tip, mark.name + ": " + (mark.low ? number(mark.low[i]) + " to " : "") + number(mark.y[i]));
    });
    var share = (best - chart.zoom[0]) / (chart.zoom[1] - chart.zoom[0]);
    chart.cross.setAttribute("x1", 100 * share + "%");
    chart.cross.setAttribute("x2", 100 * share + "%");
    chart.cross.style.display = "";
    chart.tip.hidden = false;
    chart.tip.style.left = share <= .5 ? "calc(" + 100 * share + "% + 10px)" : "auto";
    chart.tip.style.right = share > .5 ? "calc(" + 100 * (1 - share) + "% + 10px)" : "auto";
  }

  // The x of a pointer.
  function under(chart, event) {
    var box = chart.svg.getBoundingClientRect();
    var share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return chart.zoom[0] + share * (chart.zoom[1] - chart.zoom[0]);
  }

  function select(chart, from, to) {
    var range = chart.zoom[1] - chart.zoom[0], low = Math.min(from, to);
    chart.select.setAttribute("x", 100 * (low - chart.zoom[0]) / range + "%");
    chart.select.setAttribute("width", 100 * Math.abs(to - from) / range + "%");
  }

  function listen(chart) {
    var from = null;
    chart.svg.addEventListener("pointermove", function (event) {
      var x = under(chart, event);
      show(chart, x);
      if (from !== null) select(chart, from, x);
    });
    chart.svg.addEventListener("pointerleave", function () {
      if (from === null) hide(chart);
    });
    chart.svg.addEventListener("pointerdown", function (event) {
      show(chart, under(chart, event));
      if (event.pointerType === "touch") return;
      from = under(chart, event);
      chart.svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    chart.svg.addEventListener("pointerup", function (event) {
      if (from === null) return;
      var to = under(chart, event), range = chart.zoom[1] - chart.zoom[0];
      select(chart, 0, 0);
      if (Math.abs(to - from) > range / 50) zoom(chart, Math.min(from, to), Math.max(from, to));
      from = null;
    });
    chart.svg.addEventListener("dblclick", function () { zoom(chart, chart.range[0], chart.range[1]); });
    chart.reset.addEventListener("click", function () { zoom(chart, chart.range[0], chart.range[1]); });
    chart.svg.addEventListener("blur", function () { hide(chart); });
    chart.svg.addEventListener("keydown", function (event) { key(chart, event); });
  }

  // Left and right go from value to value, + and - zoom around it.
  function key(chart, event) {
    var low = chart.zoom[0], high = chart.zoom[1], by = (high - low) / 60;
    var at = chart.at === undefined ? high : Math.min(high, Math.max(low, chart.at));
    if (event.key === "ArrowLeft") walk(chart, at, -1, by);
    else if (event.key === "ArrowRight") walk(chart, at, 1, by);
    else if (event.key === "+") zoom(chart, at - (at - low) / 2, at + (high - at) / 2);
    else if (event.key === "-") zoom(chart, at - 2 * (at - low) - by, at + 2 * (high - at) + by);
    else if (event.key === "Escape") hide(chart);
    else return;
    event.preventDefault();
  }

  function walk(chart, at, sign, by) {
    var next = null;
    chart.marks.forEach(function (mark) {
      mark.x.forEach(function (x) {
        if (sign * (x - at) > 0 && (next === null || sign * (x - next) < 0)) next = x;
      });
    });
    if (next !== null) show(chart, Math.abs(next - at) < by ? next : at + sign * by);
  }

  // Paths of a forecast, as the page has them.
  function place(chart, x, y) {
    var r = chart.range;
    return (SIDE * (x - r[0]) / (r[1] - r[0])).toFixed(1) + " " +
      (SIDE * (r[3] - y) / (r[3] - r[2])).toFixed(1);
  }

  function path(chart, xs, ys) {
    var d = "", open = false;
    ys.forEach(function (y, i) {
      if (y !== null) d += (open ? "L" : "M") + place(chart, xs[i], y);
      open = y !== null;
    });
    return d;
  }

  function band(chart, xs, low, high) {
    var there = xs.map(function (x, i) { return i; }).filter(function (i) {
      return low[i] !== null && high[i] !== null;
    });
    var points = there.map(function (i) { return place(chart, xs[i], high[i]); })
      .concat(there.reverse().map(function (i) { return place(chart, xs[i], low[i]); }));
    return points.length ? "M" + points.join("L") + "Z" : "";
  }

  function mark(chart, id) {
    return chart.marks.find(function (m) { return m.id === id; });
  }

  function draw(chart, id, d) {
    var drawn = chart.marks_drawn.querySelector("path." + id);
    if (drawn) drawn.setAttribute("d", d);
  }

  function slide(chart, origins, number) {
    var origin = origins.origins[number], times = origins.times;
    var xs = times.slice(origin.at, origin.at + origin.mean.length);
    Object.assign(mark(chart, "forecast"), { x: xs, y: origin.mean });
    draw(chart, "forecast", path(chart, xs, origin.mean));
    if (origin.lower && mark(chart, "band")) {
      Object.assign(mark(chart, "band"), { x: xs, y: origin.upper, low: origin.lower });
      draw(chart, "band", band(chart, xs, origin.lower, origin.upper));
    }
    var last = times[origin.at - 1];
    draw(chart, "origin", "M" + place(chart, last, chart.range[3]) + "V1000");
    hide(chart);
    return when(chart, last);
  }

  function setUpSlider(figure, chart, data) {
    var label = figure.querySelector(".slider"), input = label.querySelector("input");
    var output = label.querySelector("output"), caption = figure.querySelector("figcaption");
    var title = caption.textContent;
    function move() {
      var last = Number(input.value) === data.origins.length - 1;
      output.textContent = slide(chart, data, Number(input.value));
      input.setAttribute("aria-valuetext", output.textContent);
      caption.textContent = last ? title : title.replace(/ after .*$/, " after " + output.textContent);
    }
    label.hidden = false;
    input.addEventListener("input", move);
    move();
  }

  function setUp(figure) {
    var chart = JSON.parse(figure.querySelector(".numbers").textContent);
    var frame = figure.querySelector(".frame");
    chart.svg = frame.querySelector(".axes");
    chart.marks_drawn = chart.svg.querySelector(".marks");
    chart.own = chart.svg.querySelector(".x");
    chart.zoom = chart.range.slice(0, 2);
    chart.ticks = element(chart.svg, "g", { class: "x" });
    chart.select = element(chart.svg, "rect", { class: "select", y: 0, height: "100%", width: 0 });
    chart.cross = element(chart.svg, "line", { class: "cross", y1: 0, y2: "100%" });
    element(chart.svg, "rect", { width: "100%", height: "100%", fill: "transparent" });
    chart.tip = frame.appendChild(document.createElement("div"));
    chart.tip.className = "tip";
    chart.tip.setAttribute("role", "status");
    chart.reset = frame.appendChild(document.createElement("button"));
    chart.reset.className = "reset";
    chart.reset.type = "button";
    chart.reset.textContent = "Whole range";
    chart.reset.hidden = true;
    chart.svg.setAttribute("tabindex", "0");
    hide(chart);
    listen(chart);
    var origins = figure.querySelector(".origins");
    if (origins) setUpSlider(figure, chart, JSON.parse(origins.textContent));
  }

  document.querySelectorAll("figure.chart").forEach(setUp);
})();
