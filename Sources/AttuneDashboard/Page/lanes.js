// The live values of one trial, each as a step line in a small lane of its own, under the metric and on the same axis.

import { Chart, ink } from "./chart.js";
import { el } from "./dom.js";
import { describeChange, formatValue } from "./format.js";
import { placer } from "./metric-chart.js";

const LANE_LIMIT = 8, LANE_HEIGHT = 96;

export class Lanes {
  constructor(experiment, metricChart) {
    Object.assign(this, { experiment, metricChart, lanes: new Map(), trial: null });
    this.node = el("div", { class: "lanes", "data-test": "lanes" });
    this.unsubscribe = experiment.on(update => { if (update.changes.some(change => change.trial === this.trial)) this.build(); });
  }

  destroy() {
    this.unsubscribe();
    this.clear();
  }

  refresh() {
    for (const lane of this.lanes.values()) lane.chart.refresh();
  }

  /// - trial: null when not exactly one trial is shown.
  async show(trial) {
    if (trial === this.trial) return;
    this.trial = trial;
    this.clear();
    if (trial === null) return;
    const detail = await this.experiment.detail(trial).catch(() => null);
    if (!detail || this.trial !== trial) return;
    this.configuration = detail.configuration;
    this.build();
  }

  build() {
    const changes = this.experiment.changes.get(this.trial) ?? [];
    const isGiven = ({ live, name }) => live && name in (this.configuration ?? {});
    const declared = this.experiment.parameters.filter(isGiven).map(({ name }) => name);
    const changed = changes.flatMap(change => Object.keys(change.values ?? {}));
    for (const name of [...new Set([...changed, ...declared])].slice(0, LANE_LIMIT)) if (!this.lanes.has(name)) this.add(name);
    this.refresh();
  }

  add(name) {
    const parameter = this.experiment.parameters.find(other => other.name === name);
    const lane = new Lane(this, name);
    lane.chart = new Chart(
      lane,
      {
        title: `${this.experiment.name} trial ${this.trial} ${name}`,
        xLabel: null,
        yLabel: null,
        height: LANE_HEIGHT,
        isLog: parameter?.scale === "log",
        yTicks: (plot, ticks) => lane.ticks(ticks),
        test: "lane",
      },
    );
    lane.chart.node.prepend(el("figcaption", { text: name }));
    this.lanes.set(name, lane);
    this.node.append(lane.chart.node);
  }

  clear() {
    for (const lane of this.lanes.values()) lane.chart.destroy();
    this.lanes.clear();
    this.node.replaceChildren();
  }
}

class Lane {
  constructor(lanes, name) {
    Object.assign(this, { lanes, name, words: [] });
  }

  zoom(range) {
    this.lanes.metricChart.zoom(range);
  }

  /// [x, number, change or null]: texts stand for their place in the order in which they came.
  points() {
    const { experiment, trial, configuration, metricChart } = this.lanes;
    const first = configuration?.[this.name], points = first === undefined ? [] : [[-Infinity, this.numberOf(first), null]];
    for (const change of experiment.changes.get(trial) ?? []) {
      if (!(this.name in (change.values ?? {}))) continue;
      points.push([metricChart.curves.position(trial, change.step), this.numberOf(change.values[this.name]), change]);
    }
    return points;
  }

  numberOf(value) {
    if (typeof value === "number") return value;
    const word = String(value);
    if (!this.words.includes(word)) this.words.push(word);
    return this.words.indexOf(word);
  }

  ticks(ticks) {
    if (this.words.length === 0) return ticks.map(tick => tick === null ? "" : formatValue(tick));
    return ticks.map(tick => this.words[tick] ?? "");
  }

  extent() {
    const values = this.points().map(([, value]) => value);
    return { x: this.lanes.metricChart.chart.current?.x ?? [0, 1], y: [Math.min(...values), Math.max(...values)] };
  }

  paint(plot, context) {
    const { bbox } = plot, place = placer(plot), points = this.points(), pixel = window.devicePixelRatio || 1;
    context.strokeStyle = ink("--accent");
    context.lineWidth = 2 * pixel;
    context.beginPath();
    points.forEach(([x, value], index) => {
      const left = x === -Infinity ? bbox.left : place.x(x), next = points[index + 1];
      const right = next ? place.x(next[0]) : bbox.left + bbox.width;
      context[index === 0 ? "moveTo" : "lineTo"](left, place.y(value));
      context.lineTo(right, place.y(value));
    });
    context.stroke();
  }

  hover(plot, left) {
    const at = plot.posToVal(left, "x"), found = this.points().filter(([x]) => x <= at).pop();
    if (!found) return null;
    const [, number, change] = found;
    return [`${this.name} ${formatValue(this.words[number] ?? number)}`, ...(change ? [describeChange(change)] : ["as configured"])];
  }

  csv() {
    return [
      [this.lanes.metricChart.curves.axis, this.name],
      ...this.points().map(([x, value]) => [x === -Infinity ? 0 : x, this.words[value] ?? value]),
    ];
  }
}
