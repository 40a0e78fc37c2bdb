// Draws a row for each score: its name, a track whose passing side is darker, the limit as a tick, a dot or, where it
// fails, a cross, and the value.

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".tracks");
  if (!root || !data) return;
  root.setAttribute("aria-label", data.alt);
  const { ink, line, dropped, kept, bad } = data.colours;
  const rows = data.rows.flatMap((row) => {
    const track = made("div", "track");
    track.style.background = line;
    if (row.limit !== null) {
      const passing = put(track, "passing", row.atLeast ? row.limit : 0);
      passing.style.width = percent(row.atLeast ? 1 - row.limit : row.limit);
      passing.style.background = dropped;
      put(track, "limit", row.limit).style.background = ink;
    }
    if (row.value !== null) {
      const dot = put(track, row.passes ? "dot" : "cross", row.value, row.passes ? "" : "×");
      if (row.passes) dot.style.background = kept;
      else dot.style.color = bad;
    }
    return [made("div", "label", row.label), track, made("div", "text", row.text)];
  });
  root.replaceChildren(...rows);
}

function made(tag, name, text = "") {
  const one = document.createElement(tag);
  one.className = name;
  one.textContent = text;
  return one;
}

function put(track, name, share, text) {
  const one = track.appendChild(made("div", name, text));
  one.style.left = percent(share);
  return one;
}

function percent(share) {
  return `${Math.min(Math.max(share, 0), 1) * 100}%`;
}
