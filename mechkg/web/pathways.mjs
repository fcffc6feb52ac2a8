// The pathway explorer: the drawing that the page holds as data, made interactive, laid out by ELK in a worker of its own.
//
// Words, tables and the address of every view are the server's: whatever is chosen is asked for as a page, and what differs in it
// comes into this one. Without this script each link leads there.

import cytoscape from "cytoscape";
import ELK from "elkjs/lib/elk-api.js";

import { drawn } from "./pathways-svg.mjs";

const PARTS = ["choose", "verdict-line", "stages", "legend", "told", "exports"];
const SECONDS = 2.2; // that a stage is looked at while the stages are played
const GLIDE = 250; // milliseconds
const JOG = 8;
const READABLE = 0.5; // a drawing that would be smaller than that shows a part of itself
const SHAPES = {
  round: "round-rectangle",
  pill: "round-rectangle",
  label: "round-rectangle",
  plate: "rhomboid",
  tag: "rectangle",
  box: "rectangle",
  ellipse: "ellipse",
  hexagon: "hexagon",
  octagon: "octagon",
};
const FACES = { pc: "pc", mf: "mf", m: "mf", f: "mf", msc: "msc", dmsc: "msc", "magic-size-species": "msc", qd: "qd", npl: "npl" };
const STANDS = {
  "s-established": { width: 1.6 },
  "s-required": { width: 3 },
  "s-possible": { width: 1.8 },
  "s-excluded": { width: 1.6, dashes: [2, 4] },
  "s-undecided": { width: 1.2 },
};

const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 44rem)");
const explorer = document.getElementById("explorer");
const figure = explorer.querySelector("#picture figure");
const panel = document.getElementById("panel");

const read = (page) => JSON.parse(page.getElementById("drawing").textContent);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// --- looks: the colours are those of the style sheet ------------------------------------------------------------------------

function style() {
  const root = getComputedStyle(document.documentElement);
  const colour = (name) => root.getPropertyValue(`--${name}`).trim();
  const family = getComputedStyle(document.body).fontFamily;
  const rules = [
    {
      selector: "node",
      style: {
        width: "data(w)",
        height: "data(h)",
        shape: "data(shape)",
        label: "data(label)",
        "text-wrap": "wrap",
        "text-valign": "center",
        "text-halign": "center",
        "font-family": family,
        "font-size": 11,
        "line-height": 1.25,
        color: colour("ink"),
        "background-color": colour("plain"),
        "border-color": colour("plain-edge"),
        "border-width": 1.4,
        "overlay-opacity": 0,
        "transition-property": "opacity, border-width, border-color, background-color",
        "transition-duration": still.matches ? 0 : GLIDE,
      },
    },
    { selector: "node.step, node.help", style: { "corner-radius": 13, "font-size": 11, "background-color": colour("paper") } },
    { selector: "node.help", style: { "border-style": "dashed", "border-color": colour("undecided"), "border-width": 1, "font-size": 10.5, events: "no" } },
    {
      selector: "edge",
      style: {
        "curve-style": "round-segments",
        "segment-distances": "data(distances)",
        "segment-weights": "data(weights)",
        "segment-radii": 12,
        "edge-distances": "endpoints",
        "source-endpoint": "data(from)",
        "target-endpoint": "data(to)",
        label: "data(label)",
        "font-size": 11,
        color: colour("ink"),
        "text-background-color": colour("paper"),
        "text-background-opacity": 1,
        "arrow-scale": 0.9,
        "overlay-opacity": 0,
        "transition-property": "opacity",
        "transition-duration": still.matches ? 0 : GLIDE,
      },
    },
    { selector: "edge[?start]", style: { "source-arrow-shape": "triangle" } },
    { selector: "edge[?end]", style: { "target-arrow-shape": "triangle" } },
  ];
  for (const [kind, face] of Object.entries(FACES)) {
    rules.push({ selector: `node.k-${kind}`, style: { "background-color": colour(face), "border-color": colour(`${face}-edge`) } });
  }
  for (const [stand, { width, dashes }] of Object.entries(STANDS)) {
    const paint = colour(stand.slice(2));
    const dashed = dashes ? { "line-style": "dashed", "line-dash-pattern": dashes } : { "line-style": "solid" };
    rules.push(
      { selector: `node.${stand}`, style: { "border-color": paint, "border-width": width, "border-style": dashes ? "dotted" : "solid" } },
      { selector: `edge.${stand}`, style: { "line-color": paint, "target-arrow-color": paint, "source-arrow-color": paint, width, ...dashed } },
      { selector: `edge.${stand}.side`, style: { width: width * 0.6 } },
    );
  }
  rules.push(
    { selector: "edge.helps", style: { "curve-style": "straight", "line-style": "dashed", "line-dash-pattern": [5, 3], width: 1.2, "line-color": colour("undecided"), "source-endpoint": "outside-to-node", "target-endpoint": "outside-to-node" } },
    { selector: "node.runs", style: { "background-color": colour("runs") } },
    { selector: "node.impossible", style: { "background-color": colour("paper"), "border-style": "dashed" } },
    { selector: "node.must, node.expected", style: { "border-width": 3 } },
    { selector: "node.contradicted", style: { "border-color": colour("bad"), "border-width": 4 } },
    { selector: ".faded", style: { opacity: 0.2 } },
    { selector: "node:selected", style: { "outline-color": colour("link"), "outline-width": 3, "outline-offset": 3, opacity: 1 } },
    { selector: "edge.near", style: { opacity: 1 } },
  );
  return rules;
}

// --- layout -----------------------------------------------------------------------------------------------------------------

// what stands over and under a step goes with it: ELK places the whole as one box
const blockOf = (id) => id.replace(/:(over|under)\d+$/, "");

async function laidOut(data) {
  const blocks = new Map();
  for (const box of data.boxes) {
    const block = blocks.get(blockOf(box.id)) ?? { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity, boxes: [] };
    block.left = Math.min(block.left, box.x - box.w / 2);
    block.right = Math.max(block.right, box.x + box.w / 2);
    block.top = Math.min(block.top, box.y - box.h / 2);
    block.bottom = Math.max(block.bottom, box.y + box.h / 2);
    block.boxes.push(box);
    blocks.set(blockOf(box.id), block);
  }
  const graph = {
    id: "all",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": narrow.matches ? "DOWN" : "RIGHT",
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.layered.spacing.nodeNodeBetweenLayers": "44",
      "elk.layered.spacing.edgeNodeBetweenLayers": "16",
      "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
      "elk.spacing.nodeNode": "22",
      "elk.spacing.edgeNode": "12",
      "elk.spacing.edgeEdge": "9",
      "elk.layered.thoroughness": "30",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.nodePlacement.favorStraightEdges": "true",
    },
    children: [...blocks].map(([id, { left, right, top, bottom }]) => ({ id, width: right - left, height: bottom - top })),
    edges: data.wires
      .filter((wire) => !wire.classes.includes("helps"))
      .map((wire) => ({ id: wire.id, sources: [wire.source], targets: [wire.target] })),
  };
  const worker = new URL("elk-worker.min.js", import.meta.url);
  const elk = new ELK({ workerUrl: worker.href });
  try {
    const found = await elk.layout(graph);
    const places = new Map();
    for (const child of found.children) {
      const { left, top, boxes } = blocks.get(child.id);
      for (const box of boxes) places.set(box.id, { x: child.x + box.x - left, y: child.y + box.y - top });
    }
    const lines = new Map();
    const ends = new Map(data.wires.map((wire) => [wire.id, [wire.source, wire.target]]));
    const boxes = new Map(data.boxes.map((box) => [box.id, box]));
    for (const { id, sections } of found.edges) {
      const [{ startPoint, bendPoints = [], endPoint }] = sections;
      const [source, target] = ends.get(id);
      const line = [startPoint, ...bendPoints, endPoint];
      touching(line, boxes.get(source), places.get(source));
      touching(line.reverse(), boxes.get(target), places.get(target));
      lines.set(id, line.reverse());
    }
    return { places, lines };
  } finally {
    elk.terminateWorker();
  }
}

// the first point of a line is at the side of the whole box: move it to the outline of what it leads to, with a jog beside the
// box where that does not lie on its level
function touching(line, box, { x, y }) {
  if (line.length < 3) line.splice(1, 0, { x: (line[0].x + line[1].x) / 2, y: (line[0].y + line[1].y) / 2 });
  const [end, next] = line;
  const [level, plumb] = [Math.abs(next.y - end.y) < 0.5, Math.abs(next.x - end.x) < 0.5];
  const [w, h] = [box.w / 2, box.h / 2];
  const within = (value, middle, half) => Math.max(middle - half, Math.min(middle + half, value));
  if (level && box.what === "step" && within(end.y, y, h * 0.6) !== end.y) {
    const beside = end.x + Math.sign(next.x - x) * JOG;
    const to = within(end.y, y, h * 0.6);
    line.splice(1, 0, { x: beside, y: to }, { x: beside, y: end.y });
    end.y = to;
  } else if (plumb && box.what === "step" && within(end.x, x, w * 0.8) !== end.x) {
    const beside = end.y + Math.sign(next.y - y) * JOG;
    const to = within(end.x, x, w * 0.8);
    line.splice(1, 0, { x: to, y: beside }, { x: end.x, y: beside });
    end.x = to;
  }
  if (level) {
    const off = Math.min(1, Math.abs(end.y - y) / h);
    const inward = box.shape === "ellipse" ? w * (1 - Math.sqrt(1 - off * off)) : box.shape === "hexagon" ? (w / 2) * off : 0;
    end.x = next.x > x ? x + w - inward : x - w + inward;
  } else if (plumb) {
    const off = Math.min(1, Math.abs(end.x - x) / w);
    const inward = box.shape === "ellipse" ? h * (1 - Math.sqrt(1 - off * off)) : 0;
    end.y = next.y > y ? y + h - inward : y - h + inward;
  }
}

// where the points of a line are, as Cytoscape asks for it: along the straight line between its ends, and how far off that
function routed(points, source, target) {
  const [from, to] = [points[0], points.at(-1)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = Math.hypot(dx, dy) || 1;
  const weights = [];
  const distances = [];
  for (const { x, y } of points.slice(1, -1)) {
    const [px, py] = [x - from.x, y - from.y];
    weights.push((px * dx + py * dy) / (long * long));
    distances.push((py * dx - px * dy) / long);
  }
  if (!weights.length) {
    weights.push(0.5);
    distances.push(0);
  }
  const end = (point, place) => `${(point.x - place.x).toFixed(1)}px ${(point.y - place.y).toFixed(1)}px`;
  return { weights, distances, from: end(from, source), to: end(to, target) };
}

function elements(data, { places, lines }) {
  const nodes = data.boxes.map((box) => ({
    group: "nodes",
    data: { id: box.id, w: box.w, h: box.h, shape: SHAPES[box.shape], label: box.lines.filter(Boolean).join("\n"), box },
    position: { ...places.get(box.id) },
    classes: [box.what, ...box.classes],
    selectable: box.what !== "help",
    grabbable: box.what !== "help",
  }));
  const edges = data.wires.map((wire) => {
    const [source, target] = [places.get(wire.source), places.get(wire.target)];
    const line = lines.get(wire.id) ?? [source, target];
    return {
      group: "edges",
      data: { id: wire.id, source: wire.source, target: wire.target, label: wire.label, start: wire.start, end: wire.end, ...routed(line, source, target) },
      classes: wire.classes,
      selectable: false,
    };
  });
  return [...nodes, ...edges];
}

// --- the drawing ------------------------------------------------------------------------------------------------------------

let cy = null;
let layout = null;
let fitted = true; // until somebody moves or enlarges it

// the whole network is laid out once, so that nothing moves when something is left out of it
async function begin() {
  const first = read(document);
  const address = new URL(location.href);
  for (const name of ["hide", "show"]) address.searchParams.delete(name);
  const all = address.href === location.href ? first : read(parsed(await (await fetch(address)).text()));
  layout = await laidOut(all);
  const canvas = element("div", { id: "canvas", tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "drawing of a reaction network");
  canvas.setAttribute("aria-label", "Reaction network. Arrow keys go from one species or step to the next, Enter opens its page, Escape lets it go. The same is told in words below.");
  figure.hidden = true;
  figure.before(tools(), canvas);
  cy = cytoscape({
    container: canvas,
    elements: elements(first, layout),
    style: style(),
    layout: { name: "preset" },
    minZoom: 0.15,
    maxZoom: 3,
    boxSelectionEnabled: false,
    selectionType: "single",
  });
  shape(canvas);
  fit();
  cy.on("dragpan scrollzoom pinchzoom", () => (fitted = false));
  cy.on("tap", (event) => {
    if (event.target === cy) choose(null);
  });
  cy.on("drag", "node.step", ({ target }) => {
    // what stands over a step goes with it
    const own = target.data("box");
    cy.nodes(".help").forEach((each) => {
      const { id, x, y } = each.data("box");
      if (blockOf(id) === own.id) each.position({ x: target.position("x") + x - own.x, y: target.position("y") + y - own.y });
    });
  });
  cy.on("select", "node", (event) => told(event.target));
  cy.on("unselect", "node", () => choose(null, { quiet: true }));
  canvas.addEventListener("keydown", keys);
  dark.addEventListener("change", () => cy.style(style()));
  canvas.dataset.ready = "yes";
}

function fit() {
  cy.resize();
  cy.fit(cy.nodes(), 20);
  if (cy.zoom() < READABLE) {
    cy.zoom(READABLE);
    const first = cy.$("node:selected, node.contradicted").first();
    cy.center(first.nonempty() ? first : leftmost());
  }
  fitted = true;
}

// as high as the drawing asks for, within reason
function shape(canvas) {
  const { w, h } = cy.nodes().boundingBox();
  const most = Math.max(360, innerHeight * 0.72);
  canvas.style.height = `${Math.max(300, Math.min(most, (canvas.clientWidth * h) / w + 40)).toFixed()}px`;
}

function redraw(data) {
  const wanted = new Map(elements(data, layout).map((each) => [each.data.id, each]));
  const chosen = cy.$("node:selected").id();
  cy.batch(() => {
    cy.elements().forEach((each) => {
      const now = wanted.get(each.id());
      if (!now) each.remove();
      else if (each.isNode()) each.data({ label: now.data.label, box: now.data.box }).classes(now.classes);
      else each.data({ start: now.data.start, end: now.data.end }).classes(now.classes);
      wanted.delete(each.id());
    });
    const rest = [...wanted.values()];
    cy.add(rest.filter((each) => each.group === "nodes"));
    cy.add(rest.filter((each) => each.group === "edges"));
  });
  if (wanted.size || data.boxes.length !== cy.nodes().length) fit();
  const again = chosen && cy.getElementById(chosen);
  if (again && again.nonempty()) told(again);
  else choose(null);
}

// --- what is selected -------------------------------------------------------------------------------------------------------

function choose(node, { quiet = false } = {}) {
  if (node) {
    cy.$("node:selected").not(node).unselect();
    node.select();
    return;
  }
  if (!quiet) cy.$("node:selected").unselect();
  if (cy.$("node:selected").nonempty()) return;
  cy.edges().removeClass("near");
  panel.replaceChildren();
  show(false);
}

function show(there) {
  if (panel.hidden === !there) return;
  panel.hidden = !there;
  cy.resize();
  if (!there && fitted) fit();
}

function bringInSight(node) {
  if (!inSight(node)) cy.animate({ center: { eles: node }, duration: still.matches ? 0 : GLIDE });
}

function told(node) {
  cy.edges().removeClass("near");
  node.connectedEdges().addClass("near");
  const close = element("button", { type: "button", className: "small close", textContent: "Close" });
  close.addEventListener("click", () => {
    choose(null);
    document.getElementById("canvas").focus();
  });
  const about = node.data("box").items.map((item) => {
    const copy = document.getElementById(`about-${item}`).cloneNode(true);
    copy.removeAttribute("id");
    const heading = copy.querySelector("h3"); // nothing stands over it here
    heading.replaceWith(element("h2", {}, ...heading.childNodes));
    return copy;
  });
  panel.replaceChildren(close, ...about);
  panel.scrollTop = 0;
  show(true);
  bringInSight(node);
  say(node.data("box").words);
}

let spoken = null;
function say(words) {
  if (!spoken) {
    spoken = element("p", { className: "unseen" });
    spoken.setAttribute("role", "status");
    explorer.append(spoken);
  }
  spoken.textContent = words;
}

function keys(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const here = cy.$("node:selected").first();
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
  if (way) {
    event.preventDefault();
    const next = here.empty() ? leftmost() : nearest(here, way);
    if (next) choose(next);
  } else if (event.key === "Enter" && here.nonempty()) {
    panel.querySelector("h2 a")?.click();
  } else if (event.key === "Escape") {
    choose(null);
  } else if (event.key === "+" || event.key === "-") {
    zoom(event.key === "+" ? 1.25 : 0.8);
  } else if (event.key === "0") {
    fit();
  }
}

const leftmost = () => cy.nodes(".species").min((node) => node.position("x")).ele;

function nearest(here, [dx, dy]) {
  const at = here.position();
  let found = null;
  let least = Infinity;
  cy.nodes(".species, .step").forEach((node) => {
    const [x, y] = [node.position("x") - at.x, node.position("y") - at.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along > 4 && along + 2.5 * aside < least) [found, least] = [node, along + 2.5 * aside];
  });
  return found;
}

function inSight(node) {
  const [box, all] = [node.renderedBoundingBox(), cy.container()];
  return box.x1 >= 0 && box.y1 >= 0 && box.x2 <= all.clientWidth && box.y2 <= all.clientHeight;
}

// --- tools ------------------------------------------------------------------------------------------------------------------

function zoom(by) {
  cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  fitted = false;
}

function tools() {
  const button = (words, label, act) => {
    const made = element("button", { type: "button", className: "small", textContent: words });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const bar = element(
    "div",
    { id: "tools" },
    button("+", "Larger", () => zoom(1.25)),
    button("−", "Smaller", () => zoom(0.8)),
    button("Fit", "Show all of the drawing", fit),
    button("PNG", "Save what is drawn as PNG", () => save(cy.png({ full: true, scale: 2, bg: paper(), output: "blob" }), "png")),
    button("SVG", "Save what is drawn as SVG", () => save(new Blob([drawn(cy, paper())], { type: "image/svg+xml" }), "svg")),
  );
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Drawing");
  return bar;
}

const paper = () => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();

function save(blob, ending) {
  const name = decodeURIComponent(location.pathname.split("/").pop());
  const link = element("a", { href: URL.createObjectURL(blob), download: `${name}.${ending}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// --- another view -----------------------------------------------------------------------------------------------------------

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

let asked = 0;
let timer = 0;

async function go(address, { record = true } = {}) {
  const turn = ++asked;
  explorer.setAttribute("aria-busy", "true");
  try {
    let answer = await fetch(address);
    while (answer.status === 202) {
      const patient = new URL(address);
      patient.searchParams.set("wait", "yes");
      answer = await fetch(patient);
    }
    const page = parsed(await answer.text());
    if (turn !== asked) return;
    if (!answer.ok || !page.getElementById("drawing")) {
      location.assign(address);
      return;
    }
    const held = document.activeElement?.id;
    for (const part of PARTS) document.getElementById(part).replaceWith(page.getElementById(part));
    document.getElementById("empty")?.remove();
    const empty = page.getElementById("empty");
    if (empty) figure.after(empty);
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
    if (record) history.pushState(null, "", address);
    redraw(read(page));
    dress();
  } catch {
    location.assign(address);
  } finally {
    if (turn === asked) explorer.removeAttribute("aria-busy");
  }
}

function dress() {
  document.getElementById("x-go").hidden = true;
  const buttons = explorer.querySelector(".player .buttons");
  if (!buttons) {
    pause();
    return;
  }
  const play = element("button", { type: "button", id: "x-play", textContent: timer ? "Pause" : "Play" });
  play.addEventListener("click", () => (timer ? pause() : start()));
  buttons.prepend(play);
}

function start() {
  timer = setTimeout(onward, 0, document.getElementById("x-next") ?? document.getElementById("x-stage-1"));
  document.getElementById("x-play").textContent = "Pause";
}

async function onward(link) {
  if (!link) {
    pause();
    return;
  }
  await go(link.href);
  if (timer) timer = setTimeout(() => onward(document.getElementById("x-next")), SECONDS * 1000);
}

function pause() {
  clearTimeout(timer);
  timer = 0;
  const play = document.getElementById("x-play");
  if (play) play.textContent = "Play";
}

explorer.addEventListener("change", (event) => {
  const form = event.target.closest("form.choose");
  if (!form) return;
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.append(name, value);
  if (address.searchParams.get("show") === "all") address.searchParams.delete("show");
  if (event.target.name === "procedure") address.searchParams.delete("stage");
  pause();
  go(address.href);
});
explorer.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-go]");
  if (link) {
    event.preventDefault();
    pause();
    go(link.href);
    return;
  }
  const about = event.target.closest('a[href^="#about-"]');
  if (about && cy) {
    const item = decodeURIComponent(about.hash.slice("#about-".length));
    const node = cy.nodes(".species, .step").filter((each) => each.data("box").items.includes(item)).first();
    if (node.nonempty()) {
      event.preventDefault();
      choose(node);
      document.getElementById("picture").scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
    }
  }
});
explorer.addEventListener("keydown", (event) => {
  if (!event.target.closest("#stages") || event.altKey || event.ctrlKey || event.metaKey) return;
  const link = document.getElementById({ ArrowRight: "x-next", ArrowLeft: "x-back" }[event.key] ?? "");
  if (link) {
    event.preventDefault();
    pause();
    go(link.href);
  }
});
addEventListener("popstate", () => cy && go(location.href, { record: false }));

try {
  await begin();
  dress();
} catch (error) {
  // the drawing of the server stays; links lead to other views
  figure.hidden = false;
  document.getElementById("tools")?.remove();
  document.getElementById("canvas")?.remove();
  throw error;
}
