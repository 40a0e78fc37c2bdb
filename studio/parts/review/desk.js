// The review desk in the browser. A key acts on the card that lies on the screen, at once; what it did travels behind
// it with a number (`outbox.js`) and is sent until the studio says what became of it. Only then it shows as saved.
import { drawLine, piece, wording } from "./line.js";
import { Outbox } from "./outbox.js";
import { drawn, isBusy, isCovered, isTyping, isWorking, placeOf, show, showAll } from "./screen.js";

const ACTS = { a: "approve", s: "skip", o: "second-opinion" };
const BUTTONS = { approve: "approve", skip: "skip", second: "second-opinion" };
const NATIVE = { e: "review-edit-", h: "review-holds-", d: "review-changes-", j: "-Later", k: "-Earlier" };
const PATIENCE_MS = 3000;
// A message that is sent again interrupts the work on the first one: where the studio is seen to work, it is given time.
const WORKING_MS = 30000;
const CALM_MS = 700;
const SHOWN = 12;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const desk = (globalThis.lemmaDesk ??= new Desk());
  desk.hear(data, parentElement.querySelector(".desk"), (message) => setTriggerValue("outbox", message));
  return () => setTimeout(() => desk.root.isConnected || desk.leave(), 250);
}

class Desk {
  constructor() {
    this.order = [];
    this.known = new Map();
    this.on = null;
    this.slot = null;
    this.locked = 0;
    this.beat = 0;
    this.flight = 0;
    this.sentAt = 0;
    this.keyAt = 0;
    this.headDue = false;
    this.said = [];
    this.log = [];
    this.before = [];
    this.pending = null;
  }

  // ---- between browser and studio

  hear(data, root, send) {
    if (!this.outbox || this.outbox.project !== data.project) this.outbox = new Outbox(data.project);
    this.root = root;
    this.send = send;
    this.work();
    for (const [act, outcome, words] of this.outbox.settle(data.told)) this.settled(act, outcome, words);
    this.order = data.order.map(([slot, stamp, can, short]) => ({ slot, stamp, can, short }));
    for (const card of this.order) this.known.set(card.stamp, card);
    while (this.known.size > 200) this.known.delete(this.known.keys().next().value);
    this.reasons = data.reasons;
    this.before = data.last.map(([act, short, reason, count]) => ({ act, short, reason, count, state: "saved" }));
    if (data.beat >= this.flight) this.flight = 0;
    if (this.locked && !this.outbox.open.some((act) => act.n === this.locked)) {
      this.locked = 0;
      this.on = this.order.length ? this.order[0].stamp : null;
    }
    if (!this.outbox.open.length && !this.headDue) this.said = this.said.filter((act) => act.state === "refused");
    this.look();
    if (data.bare) this.pump(true);
    else if (this.outbox.open.length) this.soon();
    else this.goOn();
  }

  settled(act, outcome, words) {
    const line = this.log.find((one) => one.t === act.t && one.n === act.n) || this.remember(act);
    line.state = outcome;
    line.words = words;
    if (act.act === "undo" && outcome === "refused") {
      const taken = this.log.find((one) => one.t === act.t && one.n === act.of);
      if (taken) Object.assign(taken, { undone: false, fixed: true });
    }
    if (outcome === "refused") this.speak(`${line.short} ${wording(line)} was not saved: ${words}`);
    this.headDue = true;
  }

  remember(act) {
    const card = this.known.get(act.stamp);
    const line = { ...act, short: card ? card.short : act.short || "", state: "sent", words: "" };
    this.said.unshift(line);
    this.log.unshift(line);
    this.log.length = Math.min(this.log.length, 500);
    return line;
  }

  pump(force = false) {
    const now = Date.now();
    if (this.flight && now - this.sentAt < (isWorking() ? WORKING_MS : PATIENCE_MS)) return;
    const calm = this.headDue && !this.outbox.open.length && (force || now - this.keyAt > CALM_MS);
    if (!force && !calm && !this.outbox.open.length) return;
    this.flight = ++this.beat;
    this.sentAt = now;
    if (calm) this.headDue = false;
    const have = {};
    for (const [stamp, slot] of drawn()) have[slot] = stamp;
    this.send({ beat: this.beat, acts: this.outbox.letters(), have, on: this.on || "", calm });
  }

  // The next card is painted first.
  soon() {
    clearTimeout(this.sooner);
    this.sooner = setTimeout(() => this.pump(), 25);
  }

  // ---- what lies on the screen

  // The cards to decide, in order: those that were taken back here come first, those that were decided here are gone.
  cards() {
    const gone = new Set(), back = [];
    for (const act of this.outbox.open) {
      if (act.act !== "undo") gone.add(act.stamp);
      else if (act.stamp) {
        gone.delete(act.stamp);
        if (this.known.has(act.stamp)) back.unshift(this.known.get(act.stamp));
      }
    }
    const all = [...back, ...this.order.filter((card) => !back.some((one) => one.stamp === card.stamp))];
    return all.filter((card) => !gone.has(card.stamp));
  }

  look() {
    const there = drawn(), cards = this.locked ? [] : this.cards();
    const lies = cards.find((card) => card.stamp === this.on && there.has(card.stamp));
    const now = lies || cards.find((card) => there.has(card.stamp)) || null;
    const before = this.on;
    if (now || !this.locked) this.on = now ? now.stamp : null;
    this.card = now;
    // What lies there stays to be seen while the studio brings an older card.
    if (!this.locked) this.slot = now ? there.get(now.stamp) : null;
    if (before !== this.on) this.closeReasons();
    this.show();
    this.draw();
  }

  show() {
    if (document.querySelector(".st-key-review-slots")) show(this.slot, this.rejecting);
  }

  draw() {
    if (!this.root) return;
    const waits = this.outbox.open.length, old = waits && Date.now() - this.outbox.open[0].made;
    let hint = "";
    if (old > 4000) hint = `No answer from the studio. ${waits} of your acts wait in this browser and are sent again.`;
    else if (this.locked) hint = "Taking back …";
    else if (this.order.length && !this.card) hint = "The next cards are being drawn …";
    const acts = [...this.said, ...this.before.slice(0, Math.max(0, 6 - this.said.length))].slice(0, SHOWN);
    drawLine(this.root.querySelector(".line"), acts, hint, old > 4000);
  }

  speak(text) { this.root.querySelector(".spoken").textContent = text; }

  // ---- acts

  decide(act, reason = "") {
    const card = this.card, place = placeOf(this.slot);
    if (!card || !place || isBusy(place) || drawn().get(card.stamp) !== this.slot) return false;
    if (act === "approve" && !card.can) return false;
    const line = this.remember(this.outbox.add({ act, reason, stamp: card.stamp, short: card.short }));
    this.acted();
    this.speak(`${line.short} ${wording(line)}`);
    return true;
  }

  undo() {
    const mine = (one) => one.act !== "undo" && one.state !== "refused" && one.t === this.outbox.token;
    const last = this.log.find((one) => mine(one) && !one.undone && !one.fixed);
    const made = last
      ? this.outbox.add({ act: "undo", of: last.n, stamp: last.stamp, short: last.short })
      : this.outbox.add({ act: "undo", stamp: "", short: "" });
    if (last) last.undone = true;
    this.remember(made);
    const there = last && drawn().has(last.stamp) && this.known.has(last.stamp);
    if (there) this.on = last.stamp;
    else {
      this.locked = made.n;
      this.on = null;
    }
    this.acted();
  }

  acted() {
    this.keyAt = Date.now();
    this.headDue = true;
    this.look();
    this.soon();
  }

  openReasons() {
    const place = placeOf(this.slot), box = this.root.querySelector(".reasons");
    if (!this.card || !place || isBusy(place)) return;
    const head = piece("div", "head", "Why reject? Press a number");
    const rows = this.reasons.map((reason, at) => {
      const row = piece("button", "reason", reason.charAt(0).toUpperCase() + reason.slice(1));
      row.append(piece("kbd", "", String(at + 1)));
      row.addEventListener("click", () => this.decide("reject", reason));
      return row;
    });
    const back = piece("button", "back", "Back");
    back.append(piece("kbd", "", "Esc"));
    back.addEventListener("click", () => this.closeReasons());
    box.replaceChildren(head, ...rows, back);
    box.hidden = false;
    this.putReasons();
    this.show();
  }

  putReasons() {
    const box = this.root.querySelector(".reasons"), place = placeOf(this.slot);
    const over = place && place.querySelector('[class*="st-key-review-acts-"]');
    if (!over || box.hidden) return;
    const at = over.getBoundingClientRect();
    const top = Math.max(8, Math.min(at.top, innerHeight - box.offsetHeight - 8));
    Object.assign(box.style, { left: `${at.left}px`, top: `${top}px`, width: `${at.width}px`, minHeight: `${at.height}px` });
  }

  closeReasons() {
    if (!this.root) return;
    this.root.querySelector(".reasons").hidden = true;
    this.show();
  }

  get rejecting() {
    return !this.root.querySelector(".reasons").hidden;
  }

  // A button that Streamlit itself serves: only when the studio knows what was done here, and which card lies here.
  native(find) {
    const front = this.order.length ? this.order[0].stamp : null;
    if (this.outbox.open.length || (this.on && this.on !== front)) {
      this.pending = { find, until: Date.now() + 8000 };
      this.pump(!this.outbox.open.length);
      return;
    }
    const button = find();
    if (!button || (button.disabled && !this.headDue)) return;
    if (button.disabled) {
      // Undo and redo are drawn when there is time; perhaps it can be pressed by now.
      this.pending = { find, until: Date.now() + 8000 };
      this.pump(true);
      return;
    }
    // What Streamlit's buttons do comes after these acts: an undo is then of whatever the curator did last.
    for (const line of this.log) line.fixed = true;
    this.passing = true;
    button.click();
    this.passing = false;
    this.headDue = true;
    this.keyAt = Date.now();
    // Until the card is drawn as the button asks for, a key would act on what is about to change.
    this.heldUntil = Date.now() + 600;
  }

  goOn() {
    const wanted = this.pending;
    this.pending = null;
    if (wanted && Date.now() < wanted.until) this.native(wanted.find);
  }

  // ---- keys and clicks

  key(event) {
    if (!this.root || !this.root.isConnected || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.composedPath()[0])) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const number = this.rejecting && /^[1-9]$/.test(key) ? Number(key) : 0;
    const mine = number || key in ACTS || key in NATIVE || "xzy".includes(key) || (key === "Escape" && this.rejecting);
    if (!mine || !document.querySelector(".st-key-review-slots, .st-key-review-undo")) return;
    stop(event);
    // A key that is held down repeats faster than anybody reads: each press is one act.
    if (event.repeat || event.shiftKey || isCovered() || Date.now() < (this.heldUntil || 0)) return;
    if (key === "Escape") this.closeReasons();
    else if (number) number <= this.reasons.length && this.decide("reject", this.reasons[number - 1]);
    else if (key === "z") this.undoByKey();
    else if (this.rejecting) return;
    else if (key in ACTS) this.decide(ACTS[key]);
    else if (key === "x") this.openReasons();
    else if (key === "y") this.native(() => document.querySelector(".st-key-review-redo button"));
    else this.native(() => placeOf(this.slot)?.querySelector(`[class*="st-key-review-"][class*="${NATIVE[key]}"] button`));
  }

  undoByKey() {
    const place = placeOf(this.slot);
    if (this.rejecting) this.closeReasons();
    else if (!this.locked && !(place && isBusy(place))) this.undo();
  }

  click(event) {
    const button = event.target instanceof Element && event.target.closest("button");
    const keyed = button && button.closest('[class*="st-key-review-"]');
    if (this.passing || !keyed || !this.root || !this.root.isConnected) return;
    const name = /st-key-review-([a-z]+)/.exec(keyed.className)[1], place = placeOf(this.slot);
    const inside = place && place.contains(button);
    if (name === "undo" || (inside && (name in BUTTONS || name === "reject"))) {
      stop(event);
      if (name === "undo") this.undoByKey();
      else if (name === "reject") this.openReasons();
      else this.decide(BUTTONS[name]);
    } else if (inside || name === "redo") {
      const all = `.${[...keyed.classList].find((one) => one.startsWith("st-key-review-"))} button`;
      const at = [...document.querySelectorAll(all)].indexOf(button);
      stop(event);
      this.native(() => document.querySelectorAll(all)[at]);
    }
  }

  // ---- coming and going

  work() {
    if (this.clock) return;
    this.onKey = (event) => this.key(event);
    this.onClick = (event) => this.click(event);
    this.onMove = () => this.putReasons();
    addEventListener("keydown", this.onKey, true);
    addEventListener("click", this.onClick, true);
    addEventListener("resize", this.onMove);
    addEventListener("scroll", this.onMove, true);
    this.watch = new MutationObserver(() => {
      // A card that is shown is looked after by whoever shows it; this is for cards that came, so it has time.
      this.due ||= setTimeout(() => {
        this.due = 0;
        this.look();
      }, this.card ? 120 : 15);
    });
    this.watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "data-stale"] });
    this.clock = setInterval(() => this.tick(), 250);
  }

  tick() {
    const there = drawn();
    const lacks = this.order.some((card) => !there.has(card.stamp));
    if (lacks) this.lackedAt ||= Date.now();
    else this.lackedAt = 0;
    const long = this.lackedAt && Date.now() - this.lackedAt > 1200;
    if (long) this.lackedAt = Date.now();
    this.pump(Boolean(long));
    this.draw();
  }

  leave() {
    removeEventListener("keydown", this.onKey, true);
    removeEventListener("click", this.onClick, true);
    removeEventListener("resize", this.onMove);
    removeEventListener("scroll", this.onMove, true);
    this.watch.disconnect();
    this.clock = clearInterval(this.clock);
    showAll();
    this.root = null;
  }
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
