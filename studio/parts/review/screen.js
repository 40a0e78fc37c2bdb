// What lies on the screen: the slots that Streamlit has drawn, and which of them is shown.

const STYLE = "lemma-desk-style";
const READY = /st-key-review-ready-([0-9a-f]+)/;
const SLOT = /st-key-review-place-(\d+)/;

// The stamps of the cards that are drawn whole, each with its slot.
export function drawn() {
  const found = new Map();
  for (const place of document.querySelectorAll('[class*="st-key-review-place-"]')) {
    const ready = place.querySelector('[class*="st-key-review-ready-"]');
    const slot = SLOT.exec(place.className), stamp = ready && READY.exec(ready.className);
    if (slot && stamp && !ready.closest('[data-stale="true"]')) found.set(stamp[1], Number(slot[1]));
  }
  return found;
}

export function placeOf(slot) {
  return slot === null ? null : document.querySelector(`.st-key-review-place-${slot}`);
}

// Shows one slot and hides the others. A rule of its own, so that nothing that React draws can undo it.
export function show(slot) {
  let style = document.getElementById(STYLE);
  if (!style) {
    style = document.createElement("style");
    style.id = STYLE;
    document.head.appendChild(style);
  }
  const rule = `[class*="st-key-review-place-"]{display:none!important}
    .st-key-review-slots{min-height:690px}
    ${slot === null ? "" : `.st-key-review-place-${slot}{display:flex!important}`}`;
  if (style.textContent !== rule) style.textContent = rule;
}

export function showAll() {
  document.getElementById(STYLE)?.remove();
}

// Whether the card in a place is being edited, repaired elsewhere, or was left alone for too long.
export function isBusy(place) {
  return Boolean(
    place.querySelector('textarea, .st-key-review-alike-back, [class*="st-key-review-again-"]'),
  );
}

export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(radio|checkbox|button|submit|range)$/.test(target.type);
}

export function isCovered() {
  return Boolean(document.querySelector('[role="dialog"], [data-testid="stPopoverBody"]'));
}
