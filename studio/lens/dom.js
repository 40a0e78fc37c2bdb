// Small pieces of a page: elements, buttons, figures, colours.

export function element(tag, name, parent) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  parent.appendChild(made);
  return made;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function grouped(number) {
  return number.toLocaleString("en-US");
}

export function rgb(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return (colour.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map(Number);
}

export function fitCanvas(canvas, width, height, ratio) {
  const wide = Math.round(width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}

export function button(parent, text, act, title) {
  const made = element("button", "chip", parent);
  made.type = "button";
  made.textContent = text;
  if (title) made.title = title;
  made.addEventListener("click", act);
  return made;
}

export function figure(parent, label, large) {
  const cell = element("div", large ? "figure is-large" : "figure", parent);
  if (label) element("div", "figure-label", cell).textContent = label;
  const line = element("div", "figure-line", cell);
  const value = element("span", "figure-value", line);
  const remark = element("span", "figure-remark", line);
  return [value, remark];
}

export function press(chip, on) {
  chip.classList.toggle("is-on", on);
  chip.setAttribute("aria-pressed", on);
}

export function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
