// What Python orders: colours, another policy in hand, a policy to compare with; and what it says of the limits.

import { orderConcepts } from "./concepts.js";
import { snapshot } from "./steps.js";

export function takeOrder(view, order) {
  // Colours each time; a policy when its number is new.
  view.readColours(order.colours);
  takeFigures(view, order.figures);
  if (order.id !== view.lastCommand) {
    view.lastCommand = order.id;
    if (order.rules) adopt(view, order.rules);
    // A new policy in hand stands against what Python compares with, not against what a swap left.
    view.compareNow = undefined;
  }
  const compare = JSON.stringify(order.compare || null);
  if (compare !== view.compareNow) {
    view.compareNow = compare;
    compareWith(view, order.compare);
  }
  view.later(() => view.paint(false));
}

export function takeFigures(view, figures) {
  // How good a kept set is hangs on how its labels were drawn, which the server knows; here it is shown, never counted.
  view.told = figures || null;
  view.toldOf = figures ? JSON.stringify(namedRules(view, figures.rules)) : null;
}

function adopt(view, rules) {
  const before = snapshot(view);
  view.rules = namedRules(view, rules);
  if (before === snapshot(view)) return;
  view.done.push(before);
  view.undone = [];
  view.judge();
  view.countNow();
  orderConcepts(view);
}

function compareWith(view, rules) {
  view.hasSaved = Boolean(rules);
  view.saved = rules ? namedRules(view, rules) : null;
  view.given = JSON.stringify(view.saved);
  // Steps back lead to other limits, never to a comparison that was put away.
  const beside = (text) => JSON.stringify([JSON.parse(text)[0], view.saved]);
  view.done = view.done.map(beside);
  view.undone = view.undone.map(beside);
  if (!rules && view.mode === "ab") view.useMode("kept");
  if (rules) view.judgeSaved();
  else view.savedBits.set(view.bits);
  view.countNow();
}

export function namedRules(view, rules) {
  // A score without a rule in the policy is switched off.
  return view.scales.map((scale) => {
    const [rule, second] = rules.filter((each) => each.score === scale.key);
    if (!rule) return { ...view.ruleOf(scale), use: false };
    return second ? { ...ruleFrom(scale, rule), and: ruleFrom(scale, second) } : ruleFrom(scale, rule);
  });
}

function ruleFrom(scale, { op, limit, use, if_missing }) {
  return { op: op || scale.op, limit: scale.snap(limit), use, if_missing };
}
