// What lies on the screen: the slots that Streamlit has drawn, and which of them is shown.

const STYLE = "lemma-desk-style";
const READY = /st-key-review-ready-([0-9a-f]+)/;
const SLOTS = 20;
const PLACES = new Map();

// The stamps of the cards that are drawn whole, each with its slot. Asked often, so by class and never by a search.
export function drawn() {
  const found = new Map();
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const place = placeOf(slot);
    if (!place) break;
    const last = place.lastElementChild;
    const ready = last && (READY.test(last.className) ? last : last.firstElementChild);
    const stamp = ready && READY.exec(ready.className);
    if (stamp && !ready.closest('[data-stale="true"]')) found.set(stamp[1], slot);
  }
  return found;
}

export function placeOf(slot) {
  if (slot === null) return null;
  const name = `st-key-review-place-${slot}`, known = PLACES.get(slot);
  if (known && known.isConnected && known.classList.contains(name)) return known;
  const found = document.getElementsByClassName(name)[0] || null;
  PLACES.set(slot, found);
  return found;
}

// Shows one slot and hides the others; its buttons, too, where the reasons lie over them. A rule of its own, so that nothing that React draws can undo it.
export function show(slot, covered) {
  let style = document.getElementById(STYLE);
  if (!style) {
    style = document.createElement("style");
    style.id = STYLE;
    document.head.appendChild(style);
  }
  const all = Array.from({ length: SLOTS }, (_, at) => `.st-key-review-place-${at}`).join();
  const rule = `${all}{display:none!important}
    .st-key-review-slots{min-height:690px}
    ${slot === null ? "" : `.st-key-review-place-${slot}{display:flex!important}`}
    ${covered ? '.st-key-review-place-' + slot + ' [class*="st-key-review-acts-"]{visibility:hidden}' : ""}`;
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

// Whether the studio is heard of and says that it is at work for this page.
export function isWorking() {
  const { testScriptState, testConnectionState } = document.querySelector('[data-testid="stApp"]')?.dataset || {};
  return testScriptState === "running" && testConnectionState === "CONNECTED";
}
