// The page of one trial: what it was given, what happened to it, what it says, and what may be done to it.

import { experimentPath, post } from "./api.js";
import { button, confirmDialog, el, loading, notify, setText, throttled } from "./dom.js";
import { describeValues, formatDuration, formatNumber, formatTime, formatValue, STATES } from "./format.js";
import { LiveView } from "./live-panel.js";
import { LogView } from "./log.js";
import { TrialCharts } from "./trial-charts.js";

export class TrialPage {
  constructor({ experiment, me, trial }) {
    Object.assign(this, { experiment, me, trial, row: trial - 1, parts: [] });
    this.badge = el("span", { class: "badge", "data-test": "trial-state" });
    this.value = el("dd", { class: "number", "data-test": "trial-value" });
    this.steps = el("dd", { class: "number", "data-test": "trial-steps" });
    this.reason = el("p", { class: "muted" });
    this.body = el("div", { class: "trial-body" }, loading("Loading the trial"));
    this.node = el("div", { class: "page" }, this.header(), this.body);
    this.refresh = throttled(200, () => this.updateHeader());
    this.reload = throttled(1000, () => this.load());
    this.letter = experiment.letterOf(this.row);
    this.unsubscribe = experiment.on(update => this.take(update));
    this.updateHeader();
  }

  opened() {
    this.load();
  }

  destroy() {
    this.unsubscribe();
    this.refresh.cancel();
    this.reload.cancel();
    this.isClosed = true;
    this.parts.forEach(part => part.destroy());
  }

  header() {
    const fact = (name, value) => el("div", {}, el("dt", { text: name }), value);
    return el("header", { class: "experiment-header" },
      el(
        "div",
        { class: "row between" },
        el("div", { class: "row" }, el("h1", { text: `Trial ${this.trial}` }), this.badge),
        this.actions(),
      ),
      this.reason,
      el("dl", { class: "facts" }, fact(this.experiment.metric, this.value), fact("Steps", this.steps)));
  }

  /// Stop, suspend, resume and fork belong to owners.
  actions() {
    this.buttons = {};
    if (this.me.role !== "owner") return el("span", { class: "muted", text: `You are ${this.me.role}.` });
    for (const verb of ["suspend", "resume", "fork", "stop"]) this.buttons[verb] = button(
      verb[0].toUpperCase() + verb.slice(1),
      `${verb}-trial`,
      () => this.act(verb),
      { class: verb === "stop" ? "danger" : "" },
    );
    return el("div", { class: "row" }, Object.values(this.buttons));
  }

  async act(verb) {
    if (verb === "stop" && !await confirmDialog(`Stop trial ${this.trial}?`, "A stopped trial is not started again.", "Stop trial")) return;
    try {
      const answer = await post(experimentPath(this.experiment.name, `/trials/${this.trial}/${verb}`), {});
      notify(verb === "fork" ? `Forked: the twin is trial ${answer.twin}.` : `Asked trial ${this.trial} to ${verb}.`);
    } catch (error) {
      notify(error.message, "error");
    }
  }

  take(update) {
    if (update.rows.has(this.row) || update.isReset) this.refresh();
    const letter = this.experiment.letterOf(this.row);
    if (update.isReset || letter !== this.letter || update.changes.some(change => change.trial === this.trial)) this.reload();
    this.letter = letter;
  }

  updateHeader() {
    const { experiment, row } = this, letter = experiment.letterOf(row), state = STATES[letter];
    setText(this.badge, state);
    this.badge.dataset.state = state;
    setText(this.value, formatNumber(experiment.cell("value", row)));
    setText(this.steps, String(experiment.steps[row]));
    const { suspend, resume, fork, stop } = this.buttons;
    if (!stop) return;
    suspend.disabled = fork.disabled = letter !== "r";
    resume.disabled = letter !== "u";
    stop.disabled = !"ru".includes(letter);
  }

  async load() {
    try {
      const detail = await this.experiment.detail(this.trial, true);
      if (!this.isClosed) this.show(detail);
    } catch (error) {
      if (!this.isClosed) this.body.replaceChildren(el("p", { class: "problem", role: "alert", text: error.message }));
    }
  }

  show(detail) {
    setText(
      this.reason,
      [
        detail.proposer && `proposed by ${detail.proposer}`,
        detail.twinOf && `twin of trial ${detail.twinOf}`,
        detail.reason,
      ].filter(Boolean).join(" · "),
    );
    if (this.parts.length === 0) this.build(detail);
    this.attempts.replaceChildren(table(
      "Attempts",
      ["Attempt", "Slot", "Ending", "Time"],
      detail.attempts.map(({ number, slot, ending, seconds }) => [number, slot, ending ?? "running", formatDuration(seconds)]),
    ));
    const changes = detail.changes.map(({ number, step, values, trigger, by, reason, time }) => [
      number,
      step,
      trigger ? `fired ${trigger}` : describeValues(values),
      by ?? "–",
      reason ?? "–",
      formatTime(time),
    ]);
    const adoptions = (detail.adoptions ?? []).map(({ from, step, way }) => [
      "–",
      step,
      `adopted trial ${from} (${way})`,
      "scheduler",
      "–",
      "–",
    ]);
    this.changes.replaceChildren(table("Changes", ["Change", "Step", "What", "Who", "Why", "When"], [...changes, ...adoptions]));
  }

  build(detail) {
    this.attempts = el("div", { "data-test": "attempts" });
    this.changes = el("div", { "data-test": "changes" });
    const charts = new TrialCharts(this.experiment, this.trial);
    const live = new LiveView(this.experiment, this.me, this.trial);
    const log = new LogView(
      this.experiment,
      this.trial,
      detail.attempts.map(attempt => attempt.number),
      () => this.experiment.isRunning(this.row),
    );
    this.parts = [charts, live, log];
    const pair = ([name, value]) => [el("dt", { text: name }), el("dd", { class: "number", text: formatValue(value) })];
    const pairs = el("dl", { class: "pairs" }, Object.entries(detail.configuration).flatMap(pair));
    const configuration = el("div", { class: "card", "data-test": "configuration" }, el("h2", { text: "Configuration" }), pairs);
    const liveCard = el("div", { class: "card" }, el("h2", { text: "Live values" }), live.node);
    this.body.replaceChildren(
      el(
        "div",
        { class: "columns" },
        configuration,
        el("div", { class: "card" }, el("h2", { text: "Attempts" }), this.attempts, runAlone(detail)),
      ),
      charts.node,
      ...(this.experiment.isRunning(this.row) ? [liveCard] : []),
      el("div", { class: "card" }, el("h2", { text: "Changes" }), this.changes),
      log.node,
    );
    charts.show();
    if (this.experiment.isRunning(this.row)) live.show();
  }
}

function table(caption, names, rows) {
  if (rows.length === 0) return el("p", { class: "muted", text: "None." });
  return el("div", { class: "scroller-x" }, el("table", {}, el("caption", { class: "hidden-text", text: caption }),
    el("thead", {}, el("tr", {}, names.map(text => el("th", { scope: "col", text })))),
    el("tbody", {}, rows.map(cells => el("tr", {}, cells.map(cell => el("td", { text: formatValue(cell) })))))));
}

function runAlone({ command, folder }) {
  const text = el("code", { class: "command", text: command, tabindex: "0", "data-test": "command" });
  return el("div", { class: "alone" }, el("h3", { text: "Run this alone" }), text,
    el(
      "div",
      { class: "row" },
      button("Copy", "copy-command", () => copy(text)),
      folder ? el("span", { class: "muted path", text: folder }) : null,
    ));
}

/// The clipboard is only open to pages from a secure address; elsewhere the text is selected and copied the old way.
async function copy(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
  } catch {
    getSelection().selectAllChildren(node);
    document.execCommand("copy");
  }
  notify("Copied.");
}
