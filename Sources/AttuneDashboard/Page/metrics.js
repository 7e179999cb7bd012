// The tab that overlays chosen trials in one metric, with what belongs to reading curves: smoothing, logarithm, axis, zoom.

import { button, checkbox, choice, el, labelled, setText, throttled } from "./dom.js";
import { formatNumber } from "./format.js";
import { Lanes } from "./lanes.js";
import { MetricChart } from "./metric-chart.js";
import { SHOWN_LIMIT } from "./selection.js";

export class MetricsView {
  constructor(experiment, selection) {
    Object.assign(this, { experiment, selection, isShown: false });
    this.panel = new MetricChart(experiment, { metric: experiment.metric, test: "metric-chart", onZoom: range => this.zoomed(range) });
    this.lanes = new Lanes(experiment, this.panel);
    this.panel.onChange = () => { this.lanes.refresh(); this.updateLegend(); };
    this.legend = el("div", { class: "legend", "data-test": "legend" });
    this.status = el("p", { class: "muted status-line", role: "status", "data-test": "metric-status" });
    this.updateLegend = throttled(250, () => this.drawLegend());
    this.choose = throttled(500, () => this.update());
    this.node = el("section", { class: "view" }, this.toolbar(), this.status, this.panel.node, this.legend, this.lanes.node);
    this.unsubscribe = [selection.on(() => this.choose()), experiment.on(update => this.take(update))];
  }

  toolbar() {
    const smoothing = el(
      "input",
      {
        type: "range",
        min: "0",
        max: "0.99",
        step: "0.01",
        value: "0",
        "data-test": "smoothing",
        oninput: () => this.panel.setSmoothing(Number(smoothing.value)),
      },
    );
    this.reset = button("Reset zoom", "reset-zoom", () => this.panel.zoom(null), { class: "quiet", disabled: true });
    const axis = choice(["step", "time"], "step", chosen => this.panel.show({ axis: chosen }), { "data-test": "axis" });
    return el("div", { class: "row toolbar" },
      labelled("Metric", this.makeMetricChoice()), labelled("Horizontal", axis), labelled("Smoothing", smoothing),
      checkbox("Log axis", "metric-log", false, isLog => this.panel.chart.setLog(isLog)), this.reset);
  }

  makeMetricChoice() {
    const { metrics } = this.experiment;
    this.metricChoice = choice(metrics, this.panel.curves.metric, metric => this.panel.show({ metric }), { "data-test": "metric" });
    return this.metricChoice;
  }

  zoomed(range) {
    this.reset.disabled = range === null;
    this.lanes.refresh();
  }

  take(update) {
    if (this.metricChoice.options.length !== this.experiment.metrics.length) this.metricChoice.replaceWith(this.makeMetricChoice());
    if (update.rows.size > 0) this.choose();
  }

  show() {
    this.isShown = true;
    this.update();
    this.panel.chart.resize();
  }

  hide() {
    this.isShown = false;
  }

  /// Which trials are drawn follows the selection, and without one the best and the running.
  update() {
    if (!this.isShown) return;
    const trials = this.selection.shownTrials();
    setText(this.status, this.panel.curves.error ?? (trials.length === 0 ? "No trial to show." : `Showing ${this.describeShown()}.`));
    if (trials.join() === this.panel.curves.trials.join()) return;
    this.panel.show({ trials });
    trials.forEach(trial => this.experiment.detail(trial).then(() => this.panel.chart.refresh(), () => {}));
    this.lanes.show(trials.length === 1 ? trials[0] : null);
    this.updateLegend();
  }

  describeShown() {
    const { chosen, isNarrowed } = this.selection;
    if (chosen.size > SHOWN_LIMIT) return `the first ${SHOWN_LIMIT} of ${chosen.size} selected trials`;
    if (chosen.size > 0) return "the selected trials";
    return isNarrowed ? "the best and running trials that pass the filter" : "the best 5 and the running trials";
  }

  drawLegend() {
    const { colors, curves } = this.panel;
    while (this.legend.childElementCount > curves.trials.length) this.legend.lastElementChild.remove();
    curves.trials.forEach((trial, index) => {
      const item = this.legend.children[index] ?? this.legend.appendChild(legendItem());
      const curve = curves.curve(trial);
      item.href = `#/e/${encodeURIComponent(this.experiment.name)}/t/${trial}`;
      item.dataset.trial = trial;
      item.firstElementChild.style.background = colors.get(trial);
      setText(item.children[1], `trial ${trial}`);
      setText(
        item.lastElementChild,
        curve && curve.length > 0 ? formatNumber(curve.y[curve.length - 1]) : curves.isLoading ? "loading" : "–",
      );
    });
  }

  destroy() {
    this.unsubscribe.forEach(stop => stop());
    this.choose.cancel();
    this.updateLegend.cancel();
    this.lanes.destroy();
    this.panel.destroy();
  }
}

function legendItem() {
  return el(
    "a",
    { class: "legend-item", "data-test": "legend-item" },
    el("span", { class: "swatch", "aria-hidden": "true" }),
    el("span"),
    el("span", { class: "number" }),
  );
}
