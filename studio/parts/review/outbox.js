// Acts with numbers that wait for an answer. They lie in the tab's session storage, too, so a reload sends them.

const PLACE = "lemma.desk";

export class Outbox {
  constructor(project) {
    this.project = project;
    // A new one for each load of the page: a tab that was duplicated never numbers under the same name.
    this.token = [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");
    this.next = 1;
    this.open = kept().filter((act) => act.project === project);
    this.others = kept().filter((act) => act.project !== project);
  }

  add(act) {
    const made = { ...act, project: this.project, t: this.token, n: this.next++, made: Date.now() };
    this.open.push(made);
    this.keep();
    return made;
  }

  // Takes the answers [token, number, outcome, words] and returns them with the acts that they are for.
  settle(told) {
    const answers = new Map(told.map(([token, number, outcome, words]) => [`${token}.${number}`, [outcome, words]]));
    const settled = [];
    this.open = this.open.filter((act) => {
      const answer = answers.get(`${act.t}.${act.n}`);
      if (answer) settled.push([act, ...answer]);
      return !answer;
    });
    if (settled.length) this.keep();
    return settled;
  }

  // The open acts as they travel; ages instead of times, because clocks differ.
  letters() {
    const now = Date.now();
    return this.open.map(({ t, n, stamp, act, reason, of, made }) => ({ t, n, stamp, act, reason, of, age: now - made }));
  }

  keep() {
    try {
      sessionStorage.setItem(PLACE, JSON.stringify([...this.others, ...this.open]));
    } catch {
      // Without storage the acts live as long as the page.
    }
  }
}

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(PLACE) || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
