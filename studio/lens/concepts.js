// Kept problems per concept: the thinnest of the large ones, or the largest of a selection. A click filters.

import { element, grouped, setText } from "./dom.js";

const SHOWN = 20;

export function buildConcepts(view, parent) {
  const head = element("div", "concepts-head", parent);
  element("strong", "", head).textContent = "Kept per concept";
  const remark = element("span", "mute", head);
  const list = element("div", "concepts-list", parent);
  const bars = [];
  for (let k = 0; k < SHOWN; k++) {
    const bar = element("button", "concept", list);
    bar.type = "button";
    const name = element("span", "concept-name", bar);
    const figure = element("span", "concept-figure", bar);
    const track = element("span", "concept-track", bar);
    const all = element("span", "concept-all", track);
    const kept = element("span", "concept-kept", track);
    const mark = element("span", "concept-mark", track);
    bar.addEventListener("click", () => view.pickConcept(view.order[k]));
    bars.push({ bar, name, figure, all, kept, mark });
  }
  return { remark, bars };
}

export function orderConcepts(view) {
  const all = view.all.perConcept, kept = view.counts.perConcept;
  let ids = [...all.keys()].filter((id) => all[id] > 0);
  ids.sort((a, b) => all[b] - all[a]);
  const large = view.chosen ? SHOWN : 120;
  const few = ids.length <= SHOWN;
  ids = ids.slice(0, large);
  ids.sort((a, b) => kept[a] - kept[b] || all[b] - all[a]);
  view.order = ids.slice(0, SHOWN);
  if (view.concept !== null && !view.order.includes(view.concept)) view.order[view.order.length - 1] = view.concept;
  setText(view.concepts.remark, few ? "all" : view.chosen ? "largest in the selection" : `thinnest of the ${Math.min(120, large)} largest`);
}

export function paintConcepts(view) {
  const all = view.all.perConcept, kept = view.counts.perConcept;
  let most = 1;
  for (const id of view.order) most = Math.max(most, all[id]);
  view.concepts.bars.forEach((bar, k) => {
    const id = view.order[k];
    bar.bar.style.display = id === undefined ? "none" : "";
    if (id === undefined) return;
    const name = view.rows.head.concepts[id] || "(none)";
    setText(bar.name, name);
    setText(bar.figure, `${grouped(kept[id])} / ${grouped(all[id])}`);
    bar.all.style.width = `${(100 * all[id]) / most}%`;
    bar.kept.style.width = `${(100 * kept[id]) / most}%`;
    bar.kept.classList.toggle("is-thin", kept[id] < view.thin);
    bar.mark.style.left = `${Math.min(100, (100 * view.thin) / most)}%`;
    bar.mark.style.display = view.thin <= most ? "" : "none";
    bar.bar.classList.toggle("is-picked", id === view.concept);
    bar.bar.setAttribute("aria-pressed", id === view.concept);
    bar.bar.title = name;
  });
}

export function paintFigures(view) {
  const { counts, all, figures } = view;
  setText(figures.kept, grouped(counts.kept));
  const share = all.total ? ` · ${((100 * counts.kept) / all.total).toFixed(1)} %` : "";
  setText(figures.of, `kept of ${grouped(all.total)}${view.chosen ? " in selection" : ""}${share}`);
  const released = view.toldOf === JSON.stringify(view.rules);
  paintTold(figures.precision, figures.precisionOf, view.told?.precision, released, view.chosen);
  paintTold(figures.recall, figures.recallOf, view.told?.recall, released, view.chosen);
  let thin = 0;
  for (let id = 0; id < all.perConcept.length; id++) if (all.perConcept[id] > 0 && counts.perConcept[id] < view.thin) thin++;
  setText(figures.thin, grouped(thin));
  figures.against.parentElement.parentElement.style.display = view.hasSaved ? "" : "none";
  setText(figures.against, `+${grouped(counts.kept - counts.both)} / −${grouped(counts.saved - counts.both)}`);
  setText(figures.againstOf, `${grouped(counts.both)} in both`);
}

function paintTold(figure, remark, told, released, chosen) {
  // The server speaks of the limits that were last released, and of all rows: neither may look like news of a drag.
  setText(figure, told ? told.value : "–");
  const words = !told ? "" : !released ? "at the limits last released" : chosen ? `all rows: ${told.remark}` : told.remark;
  setText(remark, words);
  const cell = figure.parentElement.parentElement;
  cell.classList.toggle("is-old", Boolean(told) && !released);
  cell.classList.toggle("is-rough", Boolean(told && told.rough));
  cell.title = told ? told.about : "";
}
