// All metrics of one trial, one chart each, above the lanes of its live values; they zoom together.

import { button, checkbox, choice, el, labelled } from "./dom.js";
import { Lanes } from "./lanes.js";
import { MetricChart } from "./metric-chart.js";

const CHART_LIMIT = 6;

export class TrialCharts {
  constructor(experiment, trial) {
    Object.assign(this, { experiment, trial });
    const names = [experiment.metric, ...experiment.metrics.filter(name => name !== experiment.metric)].slice(0, CHART_LIMIT);
    this.panels = names.map(metric => new MetricChart(
      experiment,
      { metric, test: "trial-chart", height: 220, onZoom: range => this.zoomAll(range) },
    ));
    this.lanes = new Lanes(experiment, this.panels[0]);
    this.panels[0].onChange = () => this.lanes.refresh();
    const smoothing = el(
      "input",
      {
        type: "range",
        min: "0",
        max: "0.99",
        step: "0.01",
        value: "0",
        "data-test": "smoothing",
        oninput: () => this.panels.forEach(panel => panel.setSmoothing(Number(smoothing.value))),
      },
    );
    const axis = choice(
      ["step", "time"],
      "step",
      chosen => this.panels.forEach(panel => panel.show({ axis: chosen })),
      { "data-test": "axis" },
    );
    this.reset = button("Reset zoom", "reset-zoom", () => this.zoomAll(null), { class: "quiet", disabled: true });
    const logarithm = checkbox("Log axis", "metric-log", false, isLog => this.panels.forEach(panel => panel.chart.setLog(isLog)));
    const toolbar = el(
      "div",
      { class: "row toolbar" },
      labelled("Horizontal", axis),
      labelled("Smoothing", smoothing),
      logarithm,
      this.reset,
    );
    const charts = this.panels.map(panel => el("div", {}, el("h3", { text: panel.curves.metric }), panel.node));
    this.node = el(
      "section",
      { class: "card" },
      el("h2", { text: "Metrics" }),
      toolbar,
      el("div", { class: "chart-grid" }, charts),
      this.lanes.node,
    );
  }

  show() {
    this.panels.forEach(panel => panel.show({ trials: [this.trial] }));
    this.lanes.show(this.trial);
  }

  zoomAll(range) {
    this.panels.forEach(panel => panel.curves.setZoom(range));
    this.reset.disabled = range === null;
    this.lanes.refresh();
  }

  destroy() {
    this.lanes.destroy();
    this.panels.forEach(panel => panel.destroy());
  }
}
