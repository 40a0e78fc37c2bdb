// The line of the last acts: each says whether it is saved. Texts are set as text, never as markup.

const WORDS = {
  approve: "approved", reject: "rejected", skip: "skipped", "second-opinion": "2nd opinion", edit: "edited",
  undo: "taken back", redo: "made again",
};
const SIGNS = { sent: "…", saved: "✓", refused: "!" };
const STATES = { sent: "on its way", saved: "saved", refused: "not saved" };

export function drawLine(line, acts, hint, bad) {
  const now = JSON.stringify([acts, hint, bad]);
  if (line.drawnAs === now) return;
  line.drawnAs = now;
  const chips = acts.map((act) => {
    const chip = piece("span", `act is-${act.state}${act.undone ? " is-undone" : ""}`);
    chip.append(
      piece("span", "state", `${SIGNS[act.state]}`),
      piece("span", "id", act.short),
      piece("span", "word", wording(act)),
    );
    chip.dataset.state = act.state;
    chip.title = act.words ? `${STATES[act.state]}: ${act.words}` : STATES[act.state];
    if (act.state !== "saved") chip.append(piece("span", "state", act.words || STATES[act.state]));
    return chip;
  });
  line.replaceChildren(...(hint ? [piece("span", bad ? "hint is-bad" : "hint", hint)] : []), ...chips);
}

export function wording(act) {
  const count = act.count > 1 ? `${act.count} ` : "";
  return `${count}${WORDS[act.act] || act.act}${act.reason ? `, ${act.reason}` : ""}`;
}

export function piece(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
