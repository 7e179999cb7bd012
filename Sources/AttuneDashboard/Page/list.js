// The first page: all experiments, asked for again every few seconds.

import { get } from "./api.js";
import { el, loading, setText } from "./dom.js";
import { firstWord, formatNumber, formatTime } from "./format.js";

const INTERVAL = 4000;

export class ListPage {
  constructor({ setConnection }) {
    this.setConnection = setConnection;
    this.rows = new Map();
    this.body = el("tbody");
    this.message = el("p", { class: "muted status-line", role: "status" });
    this.sign = loading("Loading experiments");
    const heads = ["Experiment", "State", "Trials", "Best", "Started"].map(text => el(
      "th",
      { scope: "col", class: text === "Best" ? "number" : "", text },
    ));
    this.table = el(
      "table",
      { class: "experiments", hidden: true, "data-test": "experiments" },
      el("thead", {}, el("tr", {}, heads)),
      this.body,
    );
    this.node = el(
      "div",
      { class: "page" },
      el("h1", { text: "Experiments" }),
      this.message,
      this.sign,
      el("div", { class: "scroller-x" }, this.table),
    );
    this.isOpen = true;
    this.poll();
  }

  destroy() {
    this.isOpen = false;
    clearTimeout(this.timer);
  }

  async poll() {
    try {
      const { experiments } = await get("/experiments");
      if (!this.isOpen) return;
      this.setConnection("live");
      this.update(experiments);
    } catch (error) {
      if (!this.isOpen) return;
      this.setConnection("lost");
      setText(this.message, error.message);
    }
    this.timer = setTimeout(() => this.poll(), INTERVAL);
  }

  update(experiments) {
    this.sign.remove();
    this.table.hidden = experiments.length === 0;
    setText(
      this.message,
      experiments.length === 0 ? "There are no experiments yet." : `${experiments.length} experiment${experiments.length === 1 ? "" : "s"}`,
    );
    const names = experiments.map(experiment => experiment.name);
    for (const [name, row] of this.rows) if (!names.includes(name)) { row.remove(); this.rows.delete(name); }
    experiments.forEach((experiment, index) => {
      const row = this.rows.get(experiment.name) ?? this.addRow(experiment.name);
      if (this.body.children[index] !== row) this.body.insertBefore(row, this.body.children[index] ?? null);
      fill(row, experiment);
    });
  }

  addRow(name) {
    const link = el("a", { href: `#/e/${encodeURIComponent(name)}`, text: name, "data-test": "experiment-link" });
    const open = () => { location.hash = link.getAttribute("href"); };
    const cells = [el("td", {}, link), el("td", {}, el("span", { class: "badge" })), el("td"), el("td", { class: "number" }), el("td")];
    const row = el("tr", { "data-test": "experiment-row", "data-name": name, onclick: open }, cells);
    this.rows.set(name, row);
    return row;
  }
}

function fill(row, { state, counts, best, metric, goal, created }) {
  const [, stateCell, countCell, bestCell, timeCell] = row.children, badge = stateCell.firstElementChild;
  setText(badge, state);
  badge.dataset.state = firstWord(state);
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  setText(countCell, present.map(([word, count]) => `${count} ${word}`).join(", ") || "none");
  setText(bestCell, best ? `${formatNumber(best.value)} (trial ${best.trial})` : "–");
  bestCell.title = `${goal} ${metric}`;
  setText(timeCell, formatTime(created));
}
