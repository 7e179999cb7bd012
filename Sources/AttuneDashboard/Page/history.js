// The tab that shows the search itself: every trial's final value by number, and the best so far.

import { Chart, ink } from "./chart.js";
import { checkbox, el, throttled } from "./dom.js";
import { formatNumber, STATES } from "./format.js";
import { placer } from "./metric-chart.js";

const HOVER_DISTANCE = 12;

export class HistoryView {
  constructor(experiment) {
    this.experiment = experiment;
    this.range = null;
    this.chart = new Chart(
      this,
      { title: `${experiment.name} history`, xLabel: "trial", yLabel: experiment.metric, height: 360, test: "history-chart" },
    );
    const logarithm = checkbox("Log axis", "history-log", false, isLog => this.chart.setLog(isLog));
    this.node = el("section", { class: "view" }, el("div", { class: "row toolbar" }, logarithm, legend()), this.chart.node);
    this.refresh = throttled(250, () => this.chart.draw());
    this.unsubscribe = experiment.on(update => { if (update.rows.size > 0 || update.isReset) this.refresh(); });
  }

  show() {
    this.chart.resize();
    this.refresh();
  }

  hide() {}

  destroy() {
    this.unsubscribe();
    this.refresh.cancel();
    this.chart.destroy();
  }

  zoom(range) {
    this.range = range;
    this.chart.draw();
  }

  extent(isLog) {
    const { experiment } = this, x = this.range ?? [0, experiment.count + 1];
    let low = Infinity, high = -Infinity;
    for (let row = Math.max(0, Math.floor(x[0]) - 1); row < Math.min(experiment.count, x[1]); row++) {
      const value = experiment.values[row];
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return { x, y: [low, high] };
  }

  paint(plot, context, isLog) {
    const { experiment } = this, place = placer(plot), pixel = window.devicePixelRatio || 1, bottom = plot.bbox.top + plot.bbox.height;
    const size = (experiment.count > 2000 ? 2 : experiment.count > 400 ? 4 : 6) * pixel;
    const colors = { c: ink("--accent"), s: ink("--muted"), r: ink("--running"), u: ink("--muted"), f: ink("--bad"), w: ink("--muted") };
    for (let row = 0; row < experiment.count; row++) {
      if (!experiment.hasValue[row]) continue;
      const value = experiment.values[row], x = place.x(row + 1);
      context.fillStyle = colors[experiment.letterOf(row)];
      const y = Number.isFinite(value) && !(isLog && value <= 0) ? place.y(value) : value > 0 ? plot.bbox.top + size : bottom - size;
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
    this.paintBest(context, place, plot, isLog, pixel);
  }

  paintBest(context, place, plot, isLog, pixel) {
    const { experiment } = this;
    let best = NaN;
    context.strokeStyle = ink("--good");
    context.lineWidth = 2 * pixel;
    context.beginPath();
    for (let row = 0; row < experiment.count; row++) {
      const value = experiment.values[row];
      if (!experiment.isRanked(row) || experiment.sign * (value - best) >= 0 || (isLog && value <= 0)) continue;
      const x = place.x(row + 1), y = place.y(value);
      if (Number.isNaN(best)) context.moveTo(x, y);
      else { context.lineTo(x, place.y(best)); context.lineTo(x, y); }
      best = value;
    }
    if (!Number.isNaN(best)) context.lineTo(plot.bbox.left + plot.bbox.width, place.y(best));
    context.stroke();
  }

  hover(plot, left, top) {
    const row = this.rowAt(plot, left, top);
    if (row === null) return null;
    const { experiment } = this;
    return [
      `trial ${row + 1}, ${STATES[experiment.letterOf(row)]}`,
      `${experiment.metric} ${formatNumber(experiment.values[row])}`,
      `${experiment.steps[row]} steps`,
    ];
  }

  rowAt(plot, left, top) {
    const from = Math.max(0, Math.floor(plot.posToVal(left - HOVER_DISTANCE, "x")) - 1);
    const to = Math.min(this.experiment.count - 1, Math.ceil(plot.posToVal(left + HOVER_DISTANCE, "x")));
    let best = null, distance = 30;
    for (let row = from; row <= to; row++) {
      if (!this.experiment.hasValue[row] || !Number.isFinite(this.experiment.values[row])) continue;
      const away = Math.hypot(plot.valToPos(row + 1, "x") - left, plot.valToPos(this.experiment.values[row], "y") - top);
      if (away < distance) [best, distance] = [row, away];
    }
    return best;
  }

  csv() {
    const { experiment } = this, rows = [["trial", "state", experiment.metric, "steps"]];
    const names = ["trial", "state", "value", "steps"];
    for (let row = 0; row < experiment.count; row++) rows.push(names.map(name => experiment.cell(name, row)));
    return rows;
  }
}

function legend() {
  const items = [["completed", "c"], ["running", "r"], ["stopped", "s"], ["failed", "f"], ["best so far", "best"]];
  return el(
    "span",
    { class: "key" },
    items.map(([text, kind]) => el("span", { class: "key-item" }, el("span", { class: `dot dot-${kind}`, "aria-hidden": "true" }), text)),
  );
}
