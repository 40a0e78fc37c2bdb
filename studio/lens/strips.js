// The limit strips: a histogram of all rows, of rows that pass all other rules, and a limit that can be moved.

import { element, fitCanvas, setText } from "./dom.js";

const STRIP_HEIGHT = 40;

export function buildStrips(view, parent) {
  return view.scales.map((scale, d) => {
    const strip = element("div", "strip", parent);
    const row = element("div", "strip-row", strip);
    element("span", "strip-name", row).textContent = scale.label;
    const value = element("button", "strip-value", row);
    value.type = "button";
    value.addEventListener("click", () => view.change((rules) => { rules[d].use = !rules[d].use; }, d, true));
    const canvas = element("canvas", "strip-canvas", strip);
    const handle = element("div", "strip-track", strip);
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-valuemin", scale.low);
    handle.setAttribute("aria-valuemax", scale.high);
    listenToDrag(view, handle, scale, d);
    handle.addEventListener("keydown", (event) => onKey(view, event, scale, d));
    return { canvas, handle, value, name: row };
  });
}

function listenToDrag(view, handle, scale, d) {
  const valueAt = (event) => {
    const box = handle.getBoundingClientRect();
    return limitAt(scale, view.rules[d].op, (event.clientX - box.left) / box.width);
  };
  const move = (event) => view.change((rules) => { rules[d].limit = valueAt(event); rules[d].use = true; }, d, false);
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    view.beginChange();
    move(event);
    handle.onpointermove = move;
  });
  const end = () => {
    if (!handle.onpointermove) return;
    handle.onpointermove = null;
    view.endChange();
  };
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
}

export function limitAt(scale, op, share) {
  // The limit whose edge is nearest to a place on the track, a share of its width from the left.
  const cell = share * (scale.levels + 1);
  return scale.snap(scale.low + (op === "at least" ? cell : cell - 1) * scale.step);
}

function onKey(view, event, scale, d) {
  const next = limitByKey(scale, view.rules[d].limit, event.key, event.shiftKey);
  if (next === undefined) return;
  event.preventDefault();
  view.change((changed) => { changed[d].limit = next; changed[d].use = true; }, d, true);
}

export function limitByKey(scale, limit, key, shift) {
  const size = Math.max(scale.step, scale.snap(scale.low + scale.span * (shift ? 0.05 : 0.01)) - scale.low);
  const steps = { ArrowRight: size, ArrowUp: size, ArrowLeft: -size, ArrowDown: -size, PageUp: 5 * size, PageDown: -5 * size };
  if (key in steps) return scale.snap(limit + steps[key]);
  return { Home: scale.low, End: scale.high }[key];
}

export function paintStrips(view) {
  const ratio = window.devicePixelRatio || 1;
  view.strips.forEach((strip, d) => {
    const scale = view.scales[d], rule = view.rules[d], saved = view.saved && view.saved[d];
    const width = strip.canvas.clientWidth;
    if (!width) return;
    fitCanvas(strip.canvas, width, STRIP_HEIGHT, ratio);
    const pen = strip.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, STRIP_HEIGHT);
    paintBars(view, pen, d, width);
    paintLimits(view, pen, scale, rule, saved, width);
    const sign = rule.op === "at least" ? "≥" : "≤";
    setText(strip.value, rule.use ? `${sign} ${scale.text(rule.limit)}` : "off");
    strip.value.setAttribute("aria-label", `${scale.label}: rule is ${rule.use ? "on, switch off" : "off, switch on"}`);
    strip.value.classList.toggle("is-off", !rule.use);
    strip.handle.setAttribute("aria-label", `${scale.label}, ${rule.op}`);
    strip.handle.setAttribute("aria-valuenow", rule.limit);
    strip.handle.setAttribute("aria-valuetext", rule.use ? `${rule.op} ${scale.text(rule.limit)}` : "off");
  });
}

function paintBars(view, pen, d, width) {
  const scale = view.scales[d], base = STRIP_HEIGHT - 5, room = base - 3;
  const all = view.all.histograms[d], kept = view.counts.histograms[d];
  // Square roots keep small bars visible beside large ones.
  let most = 1;
  for (const count of all) most = Math.max(most, count);
  const height = (count) => (count ? Math.max(1, (Math.sqrt(count) / Math.sqrt(most)) * room) : 0);
  const rule = view.rules[d];
  // A score of few values gets bars that can be seen, beside the limit and not under it.
  const sparse = all.reduce((filled, count) => filled + (count > 0), 0) <= 12;
  for (let bar = 0; bar < scale.bars; bar++) {
    const first = bar * scale.group, last = Math.min(scale.levels, first + scale.group - 1);
    const { at, wide } = barPlace(scale, rule.op, first, last, width, sparse);
    pen.globalAlpha = isFailing(scale, rule, first, last) ? 0.45 : 1;
    pen.fillStyle = view.colours.dropped;
    pen.fillRect(at, base - height(all[bar]), wide, height(all[bar]));
    pen.fillStyle = view.colours.kept;
    pen.fillRect(at, base - height(kept[bar]), wide, height(kept[bar]));
  }
  pen.globalAlpha = 1;
  pen.fillStyle = view.colours.line;
  pen.fillRect(0, base, width, 1);
}

export function barPlace(scale, op, first, last, width, sparse) {
  const left = xOf(scale, first - 0.5, width), right = xOf(scale, last + 0.5, width);
  const wide = sparse ? 5 : Math.max(1, Math.min(right - left - 0.6, 6));
  const at = !sparse ? (left + right - wide) / 2
    : Math.min(width - 1 - wide, Math.max(1, op === "at least" ? left + 1.5 : right - 1.5 - wide));
  return { at, wide };
}

export function isFailing(scale, rule, first, last) {
  // Of a bar of several levels the middle decides on which side of the limit it is drawn.
  if (!rule.use) return false;
  const middle = scale.low + ((first + last) / 2) * scale.step;
  return rule.op === "at least" ? middle < rule.limit - scale.step / 4 : middle > rule.limit + scale.step / 4;
}

export function limitPlace(scale, { op, limit }, width) {
  // A limit stands at the edge of its cell: what it keeps lies on one side of it.
  return xOf(scale, (limit - scale.low) / scale.step + (op === "at least" ? -0.5 : 0.5), width);
}

function paintLimits(view, pen, scale, rule, saved, width) {
  const base = STRIP_HEIGHT - 5;
  if (saved && saved.use && (saved.limit !== rule.limit || saved.op !== rule.op || !rule.use)) {
    pen.strokeStyle = view.colours.other;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.beginPath();
    const there = limitPlace(scale, saved, width);
    pen.moveTo(there, 1);
    pen.lineTo(there, base);
    pen.stroke();
    pen.setLineDash([]);
  }
  if (rule.and && rule.and.use) {
    pen.fillStyle = view.colours.ink;
    pen.fillRect(limitPlace(scale, rule.and, width) - 0.5, 0, 1, base);
  }
  if (!rule.use) return;
  const at = limitPlace(scale, rule, width);
  pen.fillStyle = view.colours.ink;
  pen.fillRect(at - 1, 0, 2, base);
  pen.beginPath();
  pen.arc(at, base, 3.6, 0, 2 * Math.PI);
  pen.fillStyle = view.colours.paper;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = view.colours.ink;
  pen.stroke();
}

export function xOf(scale, level, width) {
  // Level k fills the k-th of levels + 1 equal cells.
  const inset = 4;
  return inset + (Math.min(scale.levels + 0.5, Math.max(-0.5, level)) + 0.5) / (scale.levels + 1) * (width - 2 * inset);
}
