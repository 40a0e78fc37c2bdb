// The rows behind the lens: reads the binary payload and answers every count that a frame needs, between two answers of
// the server, which counts by the same rule on the scores themselves. One byte per row says which rules fail.
// The position of a score is 2k on grid point k and 2k + 1 between k and k + 1; 255 is "missing".

export const MISSING = 255;
export const NOWHERE = 65535;
export const MOST_SCORES = 8;

export function readPayload(bytes) {
  // The bytes may start at any address; typed arrays want a multiple of their size, so they are copied once.
  const buffer = bytes.slice().buffer;
  const headLength = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headLength)));
  const n = head.n;
  let at = Math.ceil((4 + headLength) / 8) * 8;
  const take = (Type) => {
    const part = new Type(buffer, at, n);
    at += n * Type.BYTES_PER_ELEMENT;
    return part;
  };
  const x = take(Uint16Array);
  const y = take(Uint16Array);
  const concept = take(Uint16Array);
  const area = take(Uint8Array);
  const label = take(Int8Array);
  const values = head.scores.map(() => take(Uint8Array));
  return { head, n, x, y, concept, area, label, values: values.slice(0, MOST_SCORES) };
}

export function signatureOf(bytes) {
  let hash = 2166136261 ^ bytes.length;
  const step = Math.max(1, Math.floor(bytes.length / 4096));
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ bytes[i], 16777619);
  return hash >>> 0;
}

export function scalesOf(head) {
  return head.scores.slice(0, MOST_SCORES).map((score) => {
    const span = score.high - score.low || 1;
    const step = score.step || span / 100;
    const levels = Math.max(1, Math.round(span / step));
    const group = Math.ceil((levels + 1) / 64);
    const bars = Math.floor(levels / group) + 1;
    // A score between two grid points stands on the side of them that a limit takes it for.
    const levelOf = score.op === "at least" ? (position) => position >> 1 : (position) => (position + 1) >> 1;
    const barOf = new Uint8Array(256);
    for (let p = 0; p <= 2 * levels; p++) barOf[p] = Math.floor(levelOf(p) / group);
    return {
      ...score, span, step, levels, group, bars, barOf,
      positionOf: (value) => 2 * Math.round((value - score.low) / step),
      snap: (value) => {
        const level = Math.round((Math.min(score.high, Math.max(score.low, value)) - score.low) / step);
        return Number((score.low + level * step).toFixed(6));
      },
      text: (value) => value.toFixed(step >= 1 ? 0 : step >= 0.1 ? 1 : 2),
    };
  });
}

export function passTable(scale, rule) {
  const passes = new Uint8Array(256).fill(1);
  // A band has two limits of one score; `and` is the one that its strip does not move.
  for (const one of [rule, rule.and]) {
    if (!one || !one.use) continue;
    const edge = scale.positionOf(one.limit);
    for (let p = 0; p < MISSING; p++) if (one.op === "at least" ? p < edge : p > edge) passes[p] = 0;
    // Rows that wait for a review are not kept yet.
    if (one.if_missing !== "keep") passes[MISSING] = 0;
  }
  return passes;
}

export function writeBits(rows, scales, rules, fails, only) {
  for (let d = 0; d < scales.length; d++) {
    if (only !== undefined && only !== d) continue;
    const passes = passTable(scales[d], rules[d]);
    const value = rows.values[d];
    const bit = 1 << d;
    const keep = 0xff ^ bit;
    for (let i = 0; i < rows.n; i++) fails[i] = passes[value[i]] ? fails[i] & keep : fails[i] | bit;
  }
}

export function overrule(rows, labelled, fails, bits) {
  // A person's word stands above every limit: approved rows are kept, rejected rows are not.
  bits.set(fails);
  for (const i of labelled) bits[i] = rows.label[i] >= 1 ? 0 : 0xff;
}

export function countAll(rows, scales, chosen) {
  const histograms = scales.map((scale) => new Uint32Array(scale.bars));
  const perConcept = new Uint32Array(rows.head.concepts.length);
  let total = 0;
  for (let i = 0; i < rows.n; i++) {
    if (chosen && !chosen[i]) continue;
    total++;
    perConcept[rows.concept[i]]++;
    for (let d = 0; d < scales.length; d++) {
      const value = rows.values[d][i];
      if (value !== MISSING) histograms[d][scales[d].barOf[value]]++;
    }
  }
  return { total, histograms, perConcept };
}

export function countKept(rows, scales, bits, savedBits, chosen) {
  const histograms = scales.map((scale) => new Uint32Array(scale.bars));
  const perConcept = new Uint32Array(rows.head.concepts.length);
  const dimension = new Int8Array(256).fill(-1);
  for (let d = 0; d < MOST_SCORES; d++) dimension[1 << d] = d;
  let kept = 0, both = 0, saved = 0;
  for (let i = 0; i < rows.n; i++) {
    if (chosen && !chosen[i]) continue;
    const fail = bits[i];
    if (savedBits[i] === 0) {
      saved++;
      if (fail === 0) both++;
    }
    if (fail === 0) {
      kept++;
      perConcept[rows.concept[i]]++;
      for (let d = 0; d < scales.length; d++) {
        const value = rows.values[d][i];
        if (value !== MISSING) histograms[d][scales[d].barOf[value]]++;
      }
    } else {
      // A row that fails one rule only still counts for the strip of that rule.
      const d = dimension[fail];
      if (d >= 0) {
        const value = rows.values[d][i];
        if (value !== MISSING) histograms[d][scales[d].barOf[value]]++;
      }
    }
  }
  return { kept, both, saved, histograms, perConcept };
}

export function labelledRows(rows) {
  const found = [];
  for (let i = 0; i < rows.n; i++) if (rows.label[i] >= 0) found.push(i);
  return found;
}

export function insidePolygon(rows, polygon, chosen) {
  let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
  for (const [px, py] of polygon) {
    left = Math.min(left, px); right = Math.max(right, px);
    low = Math.min(low, py); high = Math.max(high, py);
  }
  const m = polygon.length;
  for (let i = 0; i < rows.n; i++) {
    const x = rows.x[i], y = rows.y[i];
    chosen[i] = 0;
    if (x === NOWHERE || x < left || x > right || y < low || y > high) continue;
    let inside = false;
    for (let a = 0, b = m - 1; a < m; b = a++) {
      const ya = polygon[a][1], yb = polygon[b][1];
      if (ya > y !== yb > y && x < ((polygon[b][0] - polygon[a][0]) * (y - ya)) / (yb - ya) + polygon[a][0]) inside = !inside;
    }
    chosen[i] = inside ? 1 : 0;
  }
}

export function simplify(points, most) {
  // Drops the vertices that change the outline least until `most` are left.
  const kept = points.slice();
  const weight = (i) => {
    const [ax, ay] = kept[(i + kept.length - 1) % kept.length];
    const [bx, by] = kept[i];
    const [cx, cy] = kept[(i + 1) % kept.length];
    return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay));
  };
  while (kept.length > most) {
    let worst = 0, least = Infinity;
    for (let i = 0; i < kept.length; i++) {
      const now = weight(i);
      if (now < least) { least = now; worst = i; }
    }
    kept.splice(worst, 1);
  }
  return kept;
}
