// The map: every row adds to one pixel, pixels are coloured by how many met there. No WebGL, so it also works
// on remote desktops and counts against no limit of graphics contexts. `paintMap` is the only way in.

import { fitCanvas, rgb } from "./dom.js";
import { NOWHERE, simplify } from "./rows.js";

const FULL = 65536;
const NO_AREA = 255;
const SHADES = 6;

export function freshCamera() {
  return { x: FULL / 2, y: FULL / 2, zoom: 1 };
}

function mapScale(view) {
  const { width, height } = view.size;
  return (Math.min(width, height) / FULL) * 0.92 * view.camera.zoom;
}

export function toScreen(view, x, y) {
  const scale = mapScale(view), wide = wideness(view);
  return [view.size.width / 2 + (x - view.camera.x) * scale * wide, view.size.height / 2 - (y - view.camera.y) * scale];
}

export function toMap(view, px, py) {
  const scale = mapScale(view), wide = wideness(view);
  return [view.camera.x + (px - view.size.width / 2) / (scale * wide), view.camera.y - (py - view.size.height / 2) / scale];
}

function wideness(view) {
  // A map that is a little wider than high fills the panel; distances stay readable.
  return Math.min(1.6, Math.max(1, view.size.width / view.size.height));
}

export function placeRows(view) {
  // Runs once per change of camera or size: the pixel of each row, and how many rows meet there.
  const { rows, pixels } = view, { width, height } = view.size;
  const scale = mapScale(view), wide = scale * wideness(view);
  const left = width / 2 - view.camera.x * wide, top = height / 2 + view.camera.y * scale;
  pixels.crowd.fill(0);
  for (let i = 0; i < rows.n; i++) {
    if (rows.x[i] === NOWHERE) {
      pixels.index[i] = -1;
      continue;
    }
    const px = Math.round(left + rows.x[i] * wide), py = Math.round(top - rows.y[i] * scale);
    const at = px < 2 || py < 2 || px >= width - 2 || py >= height - 2 ? -1 : py * width + px;
    pixels.index[i] = at;
    if (at >= 0) for (const shift of pixels.shape) pixels.crowd[at + shift]++;
  }
}

export function resizePixels(view) {
  const { width, height } = view.size;
  const cells = width * height;
  view.pixels = {
    index: new Int32Array(view.rows.n),
    crowd: new Uint16Array(cells),
    count: new Uint16Array(cells),
    top: new Uint8Array(cells),
    image: new ImageData(width, height),
    shape: shapeFor(view, width),
  };
  view.pixels.words = new Uint32Array(view.pixels.image.data.buffer);
}

export function shapeFor(view, width) {
  // Fewer rows get larger dots: 1, 2x2, a disc of 3, a disc of 5 pixels.
  const shown = view.rows.n / (view.camera.zoom * view.camera.zoom);
  if (shown > 60000) return [0];
  if (shown > 12000) return [0, 1, width, width + 1];
  const reach = shown > 2500 ? 1.1 : 2.3;
  const shape = [];
  for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) if (dx * dx + dy * dy <= reach * reach) shape.push(dy * width + dx);
  return shape;
}

export function palette(view) {
  const { colours, mode } = view;
  const hues = mode === "area" ? [...colours.areas.slice(0, 8), colours.both] : mode === "ab" ? [colours.other, colours.kept, colours.both] : [colours.kept];
  // Single pixels are graded by how many rows meet there; larger dots are strong from the first on.
  const faint = view.rows.n > 12000 ? 0.55 : 0.85;
  return { ground: shadesOf(colours.dropped, colours.paper, faint), hues: hues.map((hue) => shadesOf(hue, colours.paper, faint)) };
}

function shadesOf(colour, paper, faint) {
  const [r, g, b] = rgb(colour), [pr, pg, pb] = rgb(paper);
  const shades = new Uint32Array(SHADES + 1);
  for (let k = 1; k <= SHADES; k++) {
    const share = faint + ((1 - faint) * (k - 1)) / (SHADES - 1);
    const mix = (a, p) => Math.round(p + (a - p) * share);
    // Canvas pixels are stored as ABGR on little-endian machines, which is all that browsers run on.
    shades[k] = (255 << 24) | (mix(b, pb) << 16) | (mix(g, pg) << 8) | mix(r, pr);
  }
  return shades;
}

export function paintMap(view, { quick }) {
  const { rows, pixels, bits, savedBits, chosen, mode } = view;
  const { index, crowd, count, top, words, shape } = pixels;
  const single = shape.length === 1;
  const stride = quick && rows.n > 400000 ? 4 : 1;
  count.fill(0);
  top.fill(0);
  for (let i = 0; i < rows.n; i += stride) {
    const at = index[i];
    if (at < 0 || (chosen && !chosen[i])) continue;
    let hue;
    if (mode === "ab") {
      hue = (savedBits[i] === 0 ? 1 : 0) + (bits[i] === 0 ? 2 : 0);
      if (hue === 0) continue;
    } else {
      if (bits[i] !== 0) continue;
      hue = mode !== "area" ? 1 : rows.area[i] === NO_AREA ? 9 : 1 + (rows.area[i] & 7);
    }
    // The last row of a pixel gives its hue: where hues meet, they mix like grains.
    if (single) {
      count[at]++;
      top[at] = hue;
    } else {
      for (let s = 0; s < shape.length; s++) {
        count[at + shape[s]]++;
        top[at + shape[s]] = hue;
      }
    }
  }
  const { ground, hues } = view.palette;
  for (let p = 0; p < words.length; p++) {
    const front = count[p];
    if (front > 0) words[p] = hues[(top[p] - 1) % hues.length][front < SHADES ? front : SHADES];
    else words[p] = crowd[p] > 0 ? ground[crowd[p] < SHADES ? crowd[p] : SHADES] : 0;
  }
  const pen = view.map.canvas.getContext("2d");
  pen.putImageData(pixels.image, 0, 0);
  paintOverlay(view);
}

function paintOverlay(view) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = view.size;
  fitCanvas(view.map.overlay, width, height, ratio);
  const pen = view.map.overlay.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  paintLasso(view, pen);
  if (view.places.any) paintNames(view, pen);
  else {
    pen.fillStyle = view.colours.ink;
    pen.font = `13px ${view.font}`;
    pen.textAlign = "center";
    pen.fillText("There is no map of these problems yet. Limits and counts work without it.", width / 2, height / 2);
  }
}

function paintLasso(view, pen) {
  const outline = view.lassoDraft || (view.lasso && view.lasso.map(([x, y]) => toScreen(view, x, y)));
  if (!outline || outline.length < 2) return;
  pen.beginPath();
  outline.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (!view.lassoDraft) pen.closePath();
  pen.setLineDash([5, 4]);
  pen.lineWidth = 1.4;
  pen.strokeStyle = view.colours.ink;
  pen.stroke();
  pen.setLineDash([]);
}

function paintNames(view, pen) {
  const taken = [];
  const names = view.camera.zoom < 2.6 ? view.places.areas : view.places.concepts;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  let drawn = 0;
  for (const place of names) {
    const [x, y] = toScreen(view, place.x, place.y);
    if (x < 30 || y < 46 || x > view.size.width - 30 || y > view.size.height - 34) continue;
    pen.font = `${names === view.places.areas ? 600 : 500} 12px ${view.font}`;
    const half = pen.measureText(place.name).width / 2 + 4;
    const box = [x - half, y - 10, x + half, y + 10];
    // The largest come first; a name that would cover another is left out.
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    pen.lineWidth = 4;
    pen.strokeStyle = view.colours.paper;
    pen.strokeText(place.name, x, y);
    pen.fillStyle = view.colours.ink;
    pen.fillText(place.name, x, y);
    if (++drawn >= 40) break;
  }
}

export function placesOf(rows) {
  const gather = (group, names) => {
    const sums = names.map((name) => ({ name, x: 0, y: 0, count: 0 }));
    for (let i = 0; i < rows.n; i++) {
      const sum = sums[group[i]];
      if (!sum || rows.x[i] === NOWHERE) continue;
      sum.x += rows.x[i]; sum.y += rows.y[i]; sum.count++;
    }
    return sums.filter((sum) => sum.count > 0 && sum.name)
      .map(({ name, x, y, count }) => ({ name, x: x / count, y: y / count, count }))
      .sort((a, b) => b.count - a.count);
  };
  const areas = gather(rows.area, rows.head.areas), concepts = gather(rows.concept, rows.head.concepts);
  return { areas: areas.length ? areas : concepts.slice(0, 12), concepts, any: rows.x.some((x) => x !== NOWHERE) };
}

export function listenToMap(view) {
  const surface = view.map.overlay;
  const spot = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let last = null;
  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    last = spot(event);
    if (view.tool === "lasso") view.lassoDraft = [last];
  });
  surface.addEventListener("pointermove", (event) => {
    if (!last) return;
    const now = spot(event);
    if (view.tool === "lasso") {
      const [px, py] = view.lassoDraft[view.lassoDraft.length - 1];
      if (Math.hypot(now[0] - px, now[1] - py) > 4) view.lassoDraft.push(now);
      paintOverlay(view);
      return;
    }
    const scale = mapScale(view);
    view.camera.x -= (now[0] - last[0]) / (scale * wideness(view));
    view.camera.y += (now[1] - last[1]) / scale;
    last = now;
    view.moved();
  });
  const end = () => {
    if (!last) return;
    last = null;
    if (view.tool === "lasso") finishLasso(view);
  };
  surface.addEventListener("pointerup", end);
  surface.addEventListener("pointercancel", end);
  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [px, py] = spot(event);
    zoomAt(view, px, py, Math.exp(-event.deltaY * 0.0016));
  }, { passive: false });
}

export function zoomAt(view, px, py, factor) {
  const before = toMap(view, px, py);
  view.camera.zoom = Math.min(60, Math.max(1, view.camera.zoom * factor));
  const after = toMap(view, px, py);
  view.camera.x += before[0] - after[0];
  view.camera.y += before[1] - after[1];
  view.moved(true);
}

function finishLasso(view) {
  const draft = view.lassoDraft;
  view.lassoDraft = null;
  // A click without a stroke clears the selection.
  const polygon = draft.length < 3 ? null : simplify(draft.map(([x, y]) => toMap(view, x, y)), 60);
  view.select(polygon && polygon.map(([x, y]) => [Math.round(x), Math.round(y)]));
}
