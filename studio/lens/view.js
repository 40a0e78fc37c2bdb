// One mounted lens: builds the page once, keeps it over reruns, redraws everything on each mouse move,
// and tells Python only on release.

import { buildConcepts, orderConcepts, paintConcepts, paintFigures } from "./concepts.js";
import { button, element, figure, grouped, isTyping, press, setText } from "./dom.js";
import { freshCamera, listenToMap, paintMap, palette, placeRows, placesOf, resizePixels, shapeFor } from "./map.js";
import { takeOrder } from "./orders.js";
import {
  countAll, countKept, insidePolygon, labelledRows, overrule, readPayload, scalesOf, signatureOf, writeBits,
} from "./rows.js";
import { snapshot, stepBack, stepForth, swapSides } from "./steps.js";
import { buildStrips, paintStrips } from "./strips.js";

// Shared with the component that carries orders, which Streamlit loads apart.
export const LENSES = (globalThis.lemmaLenses ??= new Map());

export class Lens {
  constructor(root, bytes, send) {
    this.root = root;
    this.send = send;
    this.signature = signatureOf(bytes);
    this.rows = readPayload(bytes);
    const { head, n } = this.rows;
    this.scales = scalesOf(head);
    this.rules = this.scales.map((scale) => this.ruleOf(scale));
    this.saved = null;
    this.hasSaved = false;
    this.told = null;
    this.toldOf = null;
    this.thin = head.thin || 30;
    this.fails = new Uint8Array(n);
    this.bits = new Uint8Array(n);
    this.savedBits = new Uint8Array(n);
    this.labelled = labelledRows(this.rows);
    this.places = placesOf(this.rows);
    this.chosen = null;
    this.lasso = null;
    this.lassoDraft = null;
    this.concept = null;
    this.mode = "kept";
    this.tool = "move";
    this.camera = freshCamera();
    this.undone = [];
    this.done = [];
    this.order = [];
    this.timings = [];
    this.lastCommand = null;
    this.readColours(null);
    this.build();
    this.judge();
    this.savedBits.set(this.bits);
    this.recount();
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.map.box);
    this.onKey = (event) => this.keyPressed(event);
    document.addEventListener("keydown", this.onKey);
    this.resize();
  }

  ruleOf(scale) {
    return { op: scale.op, limit: scale.snap(scale.limit ?? scale.low), use: scale.use ?? true, if_missing: scale.if_missing || "keep" };
  }

  build() {
    this.root.replaceChildren();
    const header = element("div", "figures", this.root);
    const names = {};
    [names.kept, names.of] = figure(header, "", true);
    [names.precision, names.precisionOf] = figure(header, "Precision");
    [names.recall, names.recallOf] = figure(header, "Recall");
    let remark;
    [names.thin, remark] = figure(header, "Thin concepts");
    remark.textContent = `below ${this.thin} kept`;
    [names.against, names.againstOf] = figure(header, "Against saved policy");
    names.against.parentElement.parentElement.classList.add("figure-against");
    for (const each of [names.precision, names.recall]) each.parentElement.parentElement.classList.add("is-told");
    this.figures = names;
    const body = element("div", "body", this.root);
    this.strips = buildStrips(this, element("div", "strips", body));
    this.buildMap(element("div", "map", body));
    this.concepts = buildConcepts(this, element("div", "concepts", body));
    this.spoken = element("div", "spoken", this.root);
    this.spoken.setAttribute("aria-live", "polite");
  }

  buildMap(box) {
    const canvas = element("canvas", "map-canvas", box);
    const overlay = element("canvas", "map-overlay", box);
    overlay.setAttribute("role", "img");
    overlay.setAttribute("aria-label", "Map of all problems. The table of rows below says the same in words.");
    const row = element("div", "chip-row", box);
    const left = element("div", "chips", row);
    this.tools = {
      move: button(left, "Move", () => this.useTool("move"), "Drag to move, wheel to zoom"),
      lasso: button(left, "Lasso", () => this.useTool("lasso"), "Draw around problems to select them"),
    };
    button(left, "Fit", () => { this.camera = freshCamera(); this.moved(true); }, "Show the whole map");
    this.clear = button(left, "× Selection", () => { this.concept = null; this.select(null); }, "Clear the selection (Esc)");
    const right = element("div", "chips", row);
    this.modes = {
      kept: button(right, "Kept", () => this.useMode("kept")),
      area: button(right, "Area", () => this.useMode("area")),
      ab: button(right, "A / B", () => this.useMode("ab")),
    };
    this.exchange = button(right, "⇄ B", () => swapSides(this), "Swap these limits (A) with the other policy (B): key B");
    this.back = button(right, "↶", () => stepBack(this), "Undo the last change of a limit (Z)");
    this.forth = button(right, "↷", () => stepForth(this), "Redo (Y)");
    const legend = element("div", "legend", box);
    this.map = { box, canvas, overlay, legend };
    listenToMap(this);
  }

  readColours(tokens) {
    const style = getComputedStyle(this.root);
    const read = (name) => style.getPropertyValue(name).trim();
    this.font = read("--st-font") || "sans-serif";
    const mute = read("--st-gray-color");
    this.colours = {
      ink: read("--st-text-color"), paper: read("--st-background-color"), line: read("--st-border-color"),
      kept: read("--st-blue-color"), other: read("--st-orange-color"), both: mute, dropped: mute, areas: [read("--st-blue-color")],
      ...(tokens || {}),
    };
    for (const name of ["kept", "dropped", "other", "both"]) this.root.style.setProperty(`--${name}`, this.colours[name]);
    this.palette = palette(this);
  }

  resize() {
    const width = Math.round(this.map.box.clientWidth), height = Math.round(this.map.box.clientHeight);
    if (width < 40 || height < 40) return;
    if (!this.size || this.size.width !== width || this.size.height !== height) {
      this.size = { width, height };
      this.map.canvas.width = width;
      this.map.canvas.height = height;
      resizePixels(this);
      placeRows(this);
    }
    this.paint(false);
  }

  moved(zoomed) {
    if (!this.size) return;
    if (zoomed) this.pixels.shape = shapeFor(this, this.size.width);
    placeRows(this);
    this.later(() => paintMap(this, { quick: true }));
  }

  recount() {
    this.all = countAll(this.rows, this.scales, this.chosen);
    this.countNow();
    orderConcepts(this);
  }

  judge(only) {
    writeBits(this.rows, this.scales, this.rules, this.fails, only);
    overrule(this.rows, this.labelled, this.fails, this.bits);
  }

  judgeSaved() {
    const fails = new Uint8Array(this.rows.n);
    writeBits(this.rows, this.scales, this.saved, fails);
    overrule(this.rows, this.labelled, fails, this.savedBits);
  }

  countNow() {
    this.counts = countKept(this.rows, this.scales, this.bits, this.savedBits, this.chosen);
  }

  paint(quick) {
    if (!this.size) return;
    paintStrips(this);
    paintMap(this, { quick });
    paintConcepts(this);
    paintFigures(this);
    this.paintChips();
  }

  paintChips() {
    for (const [name, chip] of Object.entries(this.tools)) press(chip, name === this.tool);
    for (const [name, chip] of Object.entries(this.modes)) press(chip, name === this.mode);
    this.modes.ab.disabled = !this.hasSaved;
    this.exchange.style.display = this.hasSaved ? "" : "none";
    this.modes.area.disabled = this.rows.head.areas.length === 0;
    this.clear.style.display = this.chosen ? "" : "none";
    this.back.disabled = this.done.length === 0;
    this.forth.disabled = this.undone.length === 0;
    this.map.overlay.style.cursor = this.tool === "lasso" ? "crosshair" : "grab";
    const entries = this.mode === "ab"
      ? [["only this policy", this.colours.kept], ["only saved policy", this.colours.other], ["both", this.colours.both], ["neither", this.colours.dropped]]
      : this.mode === "area"
        ? [...this.rows.head.areas.slice(0, 8).map((name, k) => [name, this.colours.areas[k % this.colours.areas.length]]), ["dropped", this.colours.dropped]]
        : [["kept", this.colours.kept], ["dropped", this.colours.dropped]];
    const wanted = JSON.stringify(entries);
    if (this.legendNow === wanted) return;
    this.legendNow = wanted;
    this.map.legend.replaceChildren();
    for (const [name, colour] of entries) {
      const item = element("span", "legend-item", this.map.legend);
      element("i", "", item).style.background = colour;
      item.append(name);
    }
  }

  later(work) {
    this.work = work;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      const start = performance.now();
      this.work();
      this.timings.push(performance.now() - start);
      if (this.timings.length > 400) this.timings.shift();
    });
  }

  beginChange() {
    this.before = snapshot(this);
  }

  change(edit, d, whole) {
    if (whole && !this.before) this.beginChange();
    edit(this.rules);
    this.dirty = this.dirty === undefined || this.dirty === d ? d : -1;
    this.later(() => {
      this.judge(this.dirty === -1 ? undefined : this.dirty);
      this.dirty = undefined;
      this.countNow();
      this.paint(true);
    });
    if (!whole) return;
    // Keys come in bursts: one message and one step of undo for the burst.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.endChange(), 300);
  }

  endChange() {
    clearTimeout(this.timer);
    const before = this.before;
    this.before = null;
    if (!before || before === snapshot(this)) return;
    this.done.push(before);
    this.undone = [];
    this.settle();
  }

  settle() {
    this.judge();
    this.countNow();
    orderConcepts(this);
    this.later(() => this.paint(false));
    setText(this.spoken, `${grouped(this.counts.kept)} of ${grouped(this.all.total)} kept`);
    this.send("policy", this.policy());
  }

  policy() {
    const told = (rules) => this.scales.flatMap(({ key }, d) => {
      const { and, ...rule } = rules[d];
      return and ? [{ score: key, ...rule }, { score: key, ...and }] : [{ score: key, ...rule }];
    });
    // After a swap the other side is no longer the policy that Python asked to compare with.
    const other = this.hasSaved && JSON.stringify(this.saved) !== this.given ? told(this.saved) : null;
    return { rules: told(this.rules), other, kept: this.counts.kept, whole: !this.chosen, after: this.lastCommand };
  }

  keyPressed(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
    const act = { z: () => stepBack(this), y: () => stepForth(this), b: () => swapSides(this) }[event.key.toLowerCase()];
    if (act) act();
    else if (event.key === "Escape" && this.chosen) { this.concept = null; this.select(null); }
  }

  useTool(tool) {
    this.tool = tool;
    this.paintChips();
  }

  useMode(mode) {
    this.mode = mode;
    this.palette = palette(this);
    this.paint(false);
  }

  select(polygon) {
    this.lasso = polygon;
    this.choose();
    this.send("lasso", polygon);
    this.send("concept", this.concept);
  }

  pickConcept(id) {
    this.concept = this.concept === id ? null : id;
    this.choose();
    this.send("concept", this.concept);
  }

  choose() {
    if (!this.lasso && this.concept === null) this.chosen = null;
    else {
      const chosen = new Uint8Array(this.rows.n).fill(1);
      if (this.lasso) insidePolygon(this.rows, this.lasso, chosen);
      if (this.concept !== null) for (let i = 0; i < chosen.length; i++) if (this.rows.concept[i] !== this.concept) chosen[i] = 0;
      this.chosen = chosen;
    }
    this.recount();
    this.later(() => this.paint(false));
  }

  command(order) {
    takeOrder(this, order);
  }

  destroy() {
    this.observer.disconnect();
    document.removeEventListener("keydown", this.onKey);
    cancelAnimationFrame(this.pending);
    clearTimeout(this.timer);
  }
}
