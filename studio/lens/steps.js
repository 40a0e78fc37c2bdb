// Steps of the curator that can be taken back: limits moved, sides swapped.

export function snapshot(view) {
  return JSON.stringify([view.rules, view.saved]);
}

function restore(view, text) {
  [view.rules, view.saved] = JSON.parse(text);
  if (view.saved) view.judgeSaved();
  view.settle();
}

export function stepBack(view) {
  if (!view.done.length) return;
  view.undone.push(snapshot(view));
  restore(view, view.done.pop());
}

export function stepForth(view) {
  if (!view.undone.length) return;
  view.done.push(snapshot(view));
  restore(view, view.undone.pop());
}

export function swapSides(view) {
  if (!view.hasSaved) return;
  view.done.push(snapshot(view));
  view.undone = [];
  [view.rules, view.saved] = [view.saved, view.rules];
  view.judgeSaved();
  view.settle();
}
