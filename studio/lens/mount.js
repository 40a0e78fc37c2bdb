// What Streamlit calls: mounts a lens, or hands an unchanged one its new way to Python.

import { signatureOf } from "./rows.js";
import { LENSES, Lens } from "./view.js";

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".lens");
  if (!root || !(data instanceof Uint8Array)) return undefined;
  const name = lensName(parentElement);
  let view = LENSES.get(name);
  // A rerun calls this again with the same bytes: the mounted view, its zoom and its selection stay.
  if (view && view.root === root && view.signature === signatureOf(data)) view.send = setStateValue;
  else {
    if (view) view.destroy();
    view = new Lens(root, data, setStateValue);
    LENSES.set(name, view);
    const waiting = LENSES.get(`${name}.waiting`);
    if (waiting) view.command(waiting);
  }
  view.leaving = false;
  return () => {
    // Streamlit may clean up and call again at once; only a view that stays away is taken down.
    view.leaving = true;
    setTimeout(() => {
      if (!view.leaving || LENSES.get(name) !== view || root.isConnected) return;
      view.destroy();
      LENSES.delete(name);
    }, 250);
  };
}

export function lensName(parent) {
  const host = parent.host || parent;
  const keyed = host.closest("[class*=st-key-]");
  const found = keyed && /st-key-([\w.-]+)/.exec(keyed.className);
  return found ? found[1] : "lens";
}
