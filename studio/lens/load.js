// Gives each module of the lens an address of its own and starts the last one, `mount.js`.
// Streamlit takes one JavaScript text for a component and imports it from an address that has no neighbours, so
// "./rows.js" would lead nowhere. `component.py` puts MODULES before this text: [name, source], what is imported first.

const addresses = new Map();
for (const [name, source] of MODULES) {
  const linked = source.replace(/(\bfrom )"\.\/([\w.]+)"/g, (_, from, other) => `${from}"${addresses.get(other)}"`);
  // The last line is the name that the browser's tools and error messages show.
  const text = `${linked}\n//# sourceURL=lemma-lens/${name}`;
  addresses.set(name, URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

const { default: mount } = await import(addresses.get(MODULES.at(-1)[0]));
export default mount;
