
"use strict";
// Draws what the page's data block holds, and lets the reader step through the filled holes. The page's numbers are in
// its tables already: without this script only the drawings are missing.

const dashes = ["none", "7 3", "2 3", "10 3 2 3", "14 4", "4 2 1 2", "1 2", "6 2 2 2 2 2"];
const shapes = ["circle", "square", "triangle", "diamond", "star", "times", "plus", "wye"];
const outlines = ["diamond", "triangle", "square", "times", "plus", "asterisk"];
const colour = index => `var(--c${index % 8})`;
const whole = d3.format(",");
const short = value => Math.abs(value) >= 1e4 ? whole(Math.round(value))
  : d3.format(value !== 0 && Math.abs(value) < 1e-3 ? ".2~e" : ".4~g")(value).replace("e-", "e−");

const node = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

// Plot puts a <style> into its drawing, which the page's policy forbids and page.css replaces.
const plot = (label, options) => {
  const svg = Plot.plot({ className: "drawing", ...options });
  svg.querySelectorAll("style").forEach(style => style.remove());
  // The parts of an image have no names of their own.
  svg.querySelectorAll("[aria-label]").forEach(part => part.removeAttribute("aria-label"));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
};

const capital = name => name[0].toUpperCase() + name.slice(1);
const key = draw => {
  const svg = d3.create("svg").attr("viewBox", "0 0 26 10").attr("aria-hidden", "true");
  draw(svg);
  return svg.node();
};
const symbolKey = (shape, filled) => key(svg => svg.append("path").attr("transform", "translate(13,5)")
  .attr("d", d3.symbol(d3[`symbol${capital(shape)}`], 44)())
  .attr("fill", filled ? "currentColor" : "none").attr("stroke", "currentColor").attr("stroke-width", 1.5));
const lineKey = curve => key(svg => {
  svg.append("line").attr("x1", 0).attr("x2", 26).attr("y1", 5).attr("y2", 5).attr("stroke", "currentColor")
    .attr("stroke-width", 2).attr("stroke-dasharray", curve.markers ? "none" : dashes[curve.colour % 8]);
  if (curve.markers) {
    svg.append("path").attr("transform", "translate(13,5)").attr("fill", "currentColor")
      .attr("d", d3.symbol(d3[`symbol${capital(shapes[curve.colour % 8])}`], 30)());
  }
});

const lastValue = curve => {
  const last = curve.points.filter(point => point[1] != null).at(-1)?.[1];
  if (last == null) return "–";
  return (Math.abs(last) >= 1e-3 && Math.abs(last) < 100 ? last.toFixed(3) : short(last)).replace("-", "−");
};
const legend = (curves, withValues) => {
  const list = node("ul", { class: "legend" });
  for (const curve of curves) {
    const item = node("li", { class: `c${curve.colour % 8}` }, lineKey(curve), curve.name);
    if (withValues) item.append(" ", node("b", {}, lastValue(curve)));
    list.append(item);
  }
  return list;
};

const panelMarks = (chart, panel, domain, ticks, named, middle) => {
  const marks = [Plot.gridY({ stroke: "var(--rule)", strokeOpacity: 1, ticks })];
  const visible = value => value == null || (chart.log && value <= 0) ? NaN : value;
  for (const line of panel.references) {
    marks.push(Plot.ruleY([line.y], { stroke: "var(--soft)", strokeDasharray: "4 3" }),
      Plot.text([line], { y: "y", text: "name", frameAnchor: "right",
        lineAnchor: line.y > middle ? "top" : "bottom", dy: line.y > middle ? 4 : -4, fill: "var(--soft)",
        stroke: "var(--paper)", strokeWidth: 3 }));
  }
  for (const mark of chart.marks.filter(mark => mark.x > domain[0])) {
    marks.push(Plot.ruleX([mark.x], { stroke: "var(--ink)", strokeDasharray: "1 3" }),
      Plot.text(named ? [mark] : [], { x: "x", text: "name", frameAnchor: "top", lineAnchor: "bottom", dy: -4, fill: "var(--soft)" }));
  }
  for (const { points, band, colour: index } of panel.curves) {
    if (band) marks.push(Plot.areaY(points, { x: "0", y1: d => visible(d[2]), y2: d => visible(d[3]), fill: colour(index),
      fillOpacity: 0.16 }));
  }
  for (const { points, colour: index, markers } of panel.curves) {
    const where = { x: "0", y: d => visible(d[1]) };
    marks.push(Plot.line(points, { ...where, stroke: colour(index), strokeWidth: 1.8,
      strokeDasharray: markers ? "none" : dashes[index % 8] }));
    if (markers) marks.push(Plot.dot(points, { ...where, fill: colour(index), symbol: shapes[index % 8],
      r: points.length > 40 ? 1.6 : 2.6 }));
  }
  const all = panel.curves.flatMap(curve => curve.points.map(([x, y]) => ({ x, y: visible(y), name: curve.name })));
  marks.push(Plot.ruleX(all, Plot.pointerX({ x: "x", stroke: "var(--soft)" })),
    Plot.tip(all, Plot.pointerX({ x: "x", y: "y", fill: "var(--paper)", stroke: "var(--soft)",
      title: d => `${d.name}\n${chart.x} ${short(d.x)}\n${short(d.y)}` })));
  return marks;
};

const drawCurves = (chart, place) => {
  const curves = chart.panels.flatMap(panel => panel.curves);
  const xs = curves.flatMap(curve => curve.points.map(point => point[0]));
  const domain = [Math.min(0, d3.min(xs)), d3.max(xs)];
  if (domain[0] === domain[1]) domain[1] = domain[0] + 1;
  const single = chart.panels.length === 1;
  const alone = chart.panels.every(panel => panel.curves.length === 1);
  const names = panel => panel.curves.map(curve => curve.name).join("\n");
  const shared = chart.panels.every(panel => names(panel) === names(chart.panels[0]));
  if (shared && !(single && alone)) place.append(legend(chart.panels[0].curves, single));
  if (!single) place.append(node("p", { class: "unit" }, `${chart.y}, by ${chart.x}`));
  const grid = node("div", { class: single ? "panels one" : chart.panels.length % 2 ? "panels" : "panels pairs" });
  place.append(grid);
  for (const panel of chart.panels) {
    const cell = node("div");
    grid.append(cell);
    if (panel.title) cell.append(node("p", { class: "name" }, panel.title));
    if (!shared && !alone) cell.append(legend(panel.curves, true));
    const scaled = chart.shared ? chart.panels : [panel];
    const ys = scaled.flatMap(({ curves }) => curves).flatMap(curve => curve.points.flatMap(point => point.slice(1)))
      .concat(scaled.flatMap(({ references }) => references.map(line => line.y))).filter(y => y != null && (!chart.log || y > 0));
    if (ys.length === 0) {
      cell.append(node("p", {}, "No value that a logarithmic axis can show."));
      continue;
    }
    const width = Math.max(180, Math.floor(cell.clientWidth));
    const extent = [Math.min(d3.min(ys), chart.low ?? Infinity), Math.max(d3.max(ys), chart.high ?? -Infinity)];
    if (extent[0] === extent[1]) extent[1] = extent[0] + (Math.abs(extent[0]) || 1);
    // On a logarithmic axis the powers of ten, also just outside: nice() extends the axis to them.
    const ticks = chart.log ? d3.range(Math.floor(Math.log10(extent[0])), Math.ceil(Math.log10(extent[1])) + 1)
      .map(exponent => 10 ** exponent) : 5;
    const first = panel === chart.panels[0];
    cell.append(plot(panel.title ? `${chart.title}: ${panel.title}` : chart.title, {
      width, height: Math.round(Math.min(single ? 270 : 180, Math.max(150, width * (single ? 0.56 : 0.72)))),
      marginLeft: 46, marginRight: 12, marginTop: single ? 28 : 18, marginBottom: single ? 36 : 24, insetRight: 4,
      x: { domain, label: single ? chart.x : null, labelArrow: "none", labelAnchor: "right", ticks: Math.max(2, Math.floor(width / 95)),
        tickFormat: chart.x.includes("step") ? whole : undefined },
      y: { type: chart.log ? "log" : "linear", domain: extent, nice: true, label: single ? chart.y : null, labelArrow: "none",
        labelAnchor: "top", ticks, tickSize: 0, tickFormat: chart.log ? short : undefined },
      marks: panelMarks(chart, panel, domain, ticks, first, (extent[0] + extent[1]) / 2),
    }));
  }
};

const drawDots = (chart, place) => {
  const rows = [...new Set(chart.dots.map(dot => dot.row))];
  const runs = [...new Set(chart.dots.filter(dot => !dot.baseline).map(dot => dot.name))];
  const baselines = [...new Set(chart.dots.filter(dot => dot.baseline).map(dot => dot.name))];
  const list = node("ul", { class: "legend" });
  for (const name of runs) {
    const index = chart.dots.find(dot => dot.name === name).colour;
    list.append(node("li", { class: `c${index % 8}` }, symbolKey(shapes[index % 8], true), name));
  }
  baselines.forEach((name, i) => list.append(node("li", {}, symbolKey(outlines[i % outlines.length], false), name)));
  place.append(list);
  const width = Math.max(240, Math.floor(place.clientWidth));
  const step = 26 + 9 * (runs.length - 1);
  const marks = [Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: Math.max(3, Math.floor(width / 110)) }),
    Plot.ruleY(rows, { stroke: "var(--rule)" })];
  runs.forEach((name, i) => {
    const dots = chart.dots.filter(dot => dot.name === name && !dot.baseline);
    const dy = 9 * (i - (runs.length - 1) / 2);
    const index = dots[0].colour;
    marks.push(Plot.ruleY(dots, { y: "row", x1: "low", x2: "high", dy, stroke: colour(index), strokeWidth: 2.5 }),
      Plot.dot(dots, { y: "row", x: "value", dy, fill: colour(index), symbol: shapes[index % 8], r: 4.5 }));
  });
  baselines.forEach((name, i) => marks.push(Plot.dot(chart.dots.filter(dot => dot.name === name && dot.baseline),
    { y: "row", x: "value", stroke: "var(--ink)", fill: "var(--paper)", strokeWidth: 1.5, symbol: outlines[i % outlines.length],
      r: 4.5 })));
  marks.push(Plot.tip(chart.dots, Plot.pointer({ y: "row", x: "value", fill: "var(--paper)", stroke: "var(--soft)",
    title: dot => `${dot.name}, ${dot.row}\n${short(dot.value)}` +
      (dot.low < dot.high ? ` (${short(dot.low)} to ${short(dot.high)})` : "") })));
  place.append(plot(chart.title, { width, height: 60 + step * rows.length, marginLeft: 118, marginRight: 16, marginTop: 12,
    marginBottom: 40,
    x: { label: chart.x, labelArrow: "none", nice: true, ticks: Math.max(3, Math.floor(width / 110)) },
    y: { domain: rows, label: null, tickSize: 0, padding: 0.5, type: "point" }, marks }));
};

const drawAll = () => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const draw = index => {
    const place = document.getElementById(`chart-${index}`);
    place.replaceChildren();
    (charts[index].kind === "dots" ? drawDots : drawCurves)(charts[index], place);
  };
  const widths = new Map();
  const observer = new ResizeObserver(entries => {
    for (const { target, contentRect } of entries) {
      const width = Math.floor(contentRect.width);
      if (width === 0 || widths.get(target) === width) continue;
      widths.set(target, width);
      draw(Number(target.id.slice("chart-".length)));
    }
  });
  charts.forEach((_, index) => {
    const place = document.getElementById(`chart-${index}`);
    widths.set(place, Math.floor(place.clientWidth));
    draw(index);
    observer.observe(place);
  });
};

// Steps through the order of unmasking. At rest everything is filled, as it is without script.
const addScrubber = hole => {
  const tokens = [...hole.querySelectorAll("[data-order]")];
  if (tokens.length === 0) return;
  const last = Math.max(...tokens.map(token => Number(token.dataset.order)));
  const slider = node("input", { type: "range", min: 0, max: last, value: last, "aria-label": "Tokens unmasked" });
  const output = node("output");
  const button = node("button", { type: "button" }, "Play");
  const show = () => {
    const step = Number(slider.value);
    for (const token of tokens) token.classList.toggle("masked", Number(token.dataset.order) > step);
    output.textContent = step === last ? `all ${last} steps` : `step ${step} of ${last}`;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = "Play"; };
  const advance = () => {
    slider.value = Number(slider.value) + 1;
    show();
    if (Number(slider.value) >= last) stop();
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) >= last) slider.value = 0;
    show();
    button.textContent = "Pause";
    timer = setInterval(advance, 450);
  });
  slider.addEventListener("input", () => { stop(); show(); });
  show();
  hole.querySelector("pre").after(node("div", { class: "scrub" }, button, slider, output));
};

const openForPrint = () => {
  const closed = [...document.querySelectorAll("details:not([open])")];
  for (const details of closed) details.open = true;
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; }, { once: true });
};

drawAll();
document.querySelectorAll(".hole").forEach(addScrubber);
addEventListener("beforeprint", openForPrint);
