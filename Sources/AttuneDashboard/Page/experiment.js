// The page of one experiment: what stands above all, the tabs, and the actions that a role allows.

import { experimentPath, post } from "./api.js";
import { askConfiguration } from "./add-form.js";
import { button, confirmDialog, el, notify, setText, throttled } from "./dom.js";
import { firstWord, formatNumber, formatTime, STATES } from "./format.js";
import { HistoryView } from "./history.js";
import { LiveView } from "./live-panel.js";
import { MetricsView } from "./metrics.js";
import { ParallelView } from "./parallel.js";
import { TableView } from "./table.js";

export class ExperimentPage {
  constructor({ experiment, selection, me, tab }) {
    Object.assign(this, { experiment, selection, me, views: new Map() });
    this.kinds = {
      history: ["History", () => new HistoryView(experiment)],
      metrics: ["Metrics", () => new MetricsView(experiment, selection)],
      trials: ["Trials", () => new TableView(experiment, selection)],
      parallel: ["Parallel", () => new ParallelView(experiment, selection)],
      live: ["Live", () => new LiveView(experiment, me)],
    };
    this.panel = el("div", { id: "panel", class: "panel", role: "tabpanel", tabindex: "-1", "data-test": "panel" });
    this.tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Views", onkeydown: event => this.onKey(event) });
    for (const [kind, [text]] of Object.entries(this.kinds)) {
      const attributes = { role: "tab", id: `tab-${kind}`, "aria-controls": "panel", "data-kind": kind };
      this.tabs.append(button(text, `tab-${kind}`, () => this.open(kind), attributes));
    }
    this.node = el("div", { class: "page" }, this.header(), this.tabs, this.panel);
    this.refresh = throttled(250, () => this.updateHeader());
    this.unsubscribe = experiment.on(() => this.refresh());
    this.updateHeader();
    this.firstTab = Object.hasOwn(this.kinds, tab) ? tab : "history";
  }

  /// Called when the page stands in the document: charts need a width.
  opened() {
    this.open(this.firstTab);
  }

  destroy() {
    this.unsubscribe();
    this.refresh.cancel();
    for (const view of this.views.values()) view.destroy();
  }

  header() {
    const { experiment } = this;
    this.badge = el("span", { class: "badge", "data-test": "experiment-state" });
    this.best = el("dd", { class: "number", "data-test": "best" });
    this.slots = el("dd", { class: "number", "data-test": "slots" });
    this.total = el("dd", { class: "number", "data-test": "trial-count" });
    this.counts = el("p", { class: "muted counts", "data-test": "counts" });
    const goals = experiment.objectives.map(({ goal, metric, target }) => `${goal} ${metric}${targetText(target)}`).join(", ");
    const limits = Object.entries(experiment.limits ?? {}).map(([what, count]) => `at most ${count} ${what}`).join(", ");
    const about = [
      goals,
      experiment.proposer && `proposer ${experiment.proposer}`,
      experiment.scheduler && `scheduler ${experiment.scheduler}`,
      limits,
      `started ${formatTime(experiment.created)}`,
    ].filter(Boolean).join(" · ");
    const fact = (name, value) => el("div", {}, el("dt", { text: name }), value);
    return el("header", { class: "experiment-header" },
      el("div", { class: "row between" }, el("div", { class: "row" }, el("h1", { text: experiment.name }), this.badge), this.actions()),
      el("p", { class: "muted", text: about }),
      el("dl", { class: "facts" }, fact("Best", this.best), fact("Trials", this.total), fact("Slots running", this.slots)), this.counts);
  }

  actions() {
    if (this.me.role !== "owner") return el("span", { class: "muted", text: `You are ${this.me.role}.` });
    this.stop = button("Stop experiment", "stop-experiment", () => this.stopExperiment(), { class: "danger" });
    this.add = button("Add configuration", "add-configuration", () => this.addConfiguration());
    return el("div", { class: "row" }, this.add, this.stop);
  }

  updateHeader() {
    const { state, best, counts, count } = this.experiment;
    setText(this.badge, state);
    this.badge.dataset.state = firstWord(state);
    setText(this.best, best ? `${formatNumber(best.value)} (trial ${best.row + 1})` : "–");
    setText(this.total, String(count));
    setText(this.slots, String(counts.r ?? 0));
    const present = Object.entries(counts).filter(([, number]) => number > 0);
    setText(this.counts, present.map(([letter, number]) => `${number} ${STATES[letter] ?? letter}`).join(" · ") || "no trial yet");
    for (const action of [this.stop, this.add]) if (action) action.disabled = state !== "running";
  }

  async stopExperiment() {
    const isSure = await confirmDialog(
      "Stop the experiment?",
      `All running trials of ${this.experiment.name} are stopped, and no new ones are started.`,
      "Stop experiment",
    );
    if (isSure) this.act("/stop", {}, () => "The experiment is being stopped.");
  }

  async addConfiguration() {
    const configuration = await askConfiguration(this.experiment.parameters);
    if (configuration) this.act("/add", { configuration }, answer => answer.number ? `Added as trial ${answer.number}.` : "Added.");
  }

  async act(path, body, describe) {
    try {
      notify(describe(await post(experimentPath(this.experiment.name, path), body)));
    } catch (error) {
      notify(error.message, "error");
    }
  }

  open(kind) {
    if (!this.views.has(kind)) this.views.set(kind, this.kinds[kind][1]());
    for (const [other, view] of this.views) if (other !== kind) view.hide();
    for (const tab of this.tabs.children) {
      const isOpen = tab.dataset.kind === kind;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
    }
    this.panel.setAttribute("aria-labelledby", `tab-${kind}`);
    this.panel.replaceChildren(this.views.get(kind).node);
    this.views.get(kind).show();
    history.replaceState(null, "", `#/e/${encodeURIComponent(this.experiment.name)}?tab=${kind}`);
  }

  onKey(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key], tabs = [...this.tabs.children];
    if (!move) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + move + tabs.length) % tabs.length];
    this.open(next.dataset.kind);
    next.focus();
  }
}

function targetText(target) {
  return target === null || target === undefined ? "" : ` to ${formatNumber(target)}`;
}
