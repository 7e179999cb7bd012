// One metric over steps or time, several trials in one chart: lines, marks of live changes, and what is not finite at the border.

import { Chart, ink, seriesColors } from "./chart.js";
import { CurveSet } from "./curves.js";
import { describeChange, formatNumber } from "./format.js";

const HOVER_DISTANCE = 6;

export class MetricChart {
  constructor(experiment, { metric, test, height = 320, onZoom = () => {} }) {
    Object.assign(this, { experiment, onZoom, smoothing: 0, colors: new Map(), dashes: new Map() });
    this.curves = new CurveSet(experiment, metric, () => { this.chart.refresh(); this.onChange?.(); });
    this.chart = new Chart(this, { title: `${experiment.name} ${metric}`, xLabel: "step", yLabel: metric, height, test });
    this.node = this.chart.node;
    this.unsubscribe = experiment.on(update => this.take(update));
    this.recolor = () => this.assignColors(this.curves.trials);
    document.addEventListener("attune-theme", this.recolor);
  }

  destroy() {
    this.unsubscribe();
    document.removeEventListener("attune-theme", this.recolor);
    this.chart.destroy();
  }

  show(options) {
    if (options.trials) this.assignColors(options.trials);
    this.curves.show(options);
    this.chart.title = `${this.experiment.name} ${this.curves.metric}`;
    this.chart.setLabels(this.curves.axis === "step" ? "step" : "seconds", this.curves.metric);
  }

  setSmoothing(weight) {
    this.smoothing = weight;
    this.chart.refresh();
  }

  zoom(range) {
    this.curves.setZoom(range);
    this.onZoom(range);
  }

  /// A trial that stays keeps its colour while others come and go.
  assignColors(trials) {
    const palette = seriesColors(), slots = new Map([...(this.slots ?? [])].filter(([trial]) => trials.includes(trial)));
    for (const trial of trials) {
      if (slots.has(trial)) continue;
      const used = new Set(slots.values());
      let slot = 0;
      while (used.has(slot)) slot += 1;
      slots.set(trial, slot);
    }
    this.slots = slots;
    this.colors = new Map([...slots].map(([trial, slot]) => [trial, palette[slot % palette.length]]));
    this.dashes = new Map([...slots].map(([trial, slot]) => [trial, slot < palette.length ? [] : [6, 3]]));
  }

  take(update) {
    if (update.isReset) { this.curves.forget(); this.curves.loadMissing(); return; }
    this.curves.take(update.reports);
    if (update.changes.some(change => this.curves.trials.includes(change.trial))) this.chart.refresh();
  }

  xExtent() {
    if (this.curves.zoom) return this.curves.zoom;
    let low = Infinity, high = -Infinity;
    for (const { curve } of this.drawn()) {
      if (curve.length === 0) continue;
      low = Math.min(low, curve.x[0]);
      high = Math.max(high, curve.x[curve.length - 1]);
    }
    return [low, high];
  }

  extent(isLog) {
    const x = this.xExtent();
    let low = Infinity, high = -Infinity;
    for (const { curve } of this.drawn()) {
      const values = curve.smoothed(this.smoothing), end = Math.min(curve.length, curve.indexAt(x[1]) + 1);
      for (let index = Math.max(0, curve.indexAt(x[0]) - 1); index < end; index++) {
        const value = values[index];
        if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return { x, y: [low, high] };
  }

  paint(plot, context, isLog) {
    const pixel = window.devicePixelRatio || 1;
    for (const { trial, curve } of this.drawn()) {
      const color = this.colors.get(trial) ?? ink("--accent");
      context.strokeStyle = context.fillStyle = color;
      if (this.smoothing > 0) this.paintLine(plot, context, curve, curve.y, { width: pixel, alpha: 0.25, dash: [], isLog });
      this.paintLine(
        plot,
        context,
        curve,
        curve.smoothed(this.smoothing),
        { width: 1.75 * pixel, alpha: 1, dash: this.dashes.get(trial).map(part => part * pixel), isLog },
      );
      this.paintBorderMarks(plot, context, curve, pixel);
      this.paintChanges(plot, context, trial, pixel);
    }
  }

  paintLine(plot, context, curve, values, { width, alpha, dash, isLog }) {
    const place = placer(plot);
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    let isDown = false;
    const end = Math.min(curve.length, curve.indexAt(plot.scales.x.max) + 1);
    for (let index = Math.max(0, curve.indexAt(plot.scales.x.min) - 1); index < end; index++) {
      const value = values[index], isDrawn = Number.isFinite(value) && !(isLog && value <= 0);
      if (isDrawn && isDown) context.lineTo(place.x(curve.x[index]), place.y(value));
      else if (isDrawn) context.moveTo(place.x(curve.x[index]), place.y(value));
      if (isDrawn && !isDown && !Number.isFinite(values[index + 1])) context.lineTo(place.x(curve.x[index]) + width, place.y(value));
      isDown = isDrawn;
    }
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  /// nan is a cross at the lower border, inf a triangle at the upper one, -inf a triangle at the lower one.
  paintBorderMarks(plot, context, curve, pixel) {
    const { top, height } = plot.bbox, bottom = top + height, size = 4 * pixel, place = placer(plot);
    for (let index = 0; index < curve.length; index++) {
      const value = curve.y[index];
      if (Number.isFinite(value)) continue;
      const x = place.x(curve.x[index]);
      context.beginPath();
      if (Number.isNaN(value)) {
        context.lineWidth = 1.5 * pixel;
        context.moveTo(x - size, bottom - 3 * size); context.lineTo(x + size, bottom - size);
        context.moveTo(x + size, bottom - 3 * size); context.lineTo(x - size, bottom - size);
        context.stroke();
      } else {
        const [tip, base] = value > 0 ? [top + 2, top + 2 + 2 * size] : [bottom - 2, bottom - 2 - 2 * size];
        context.moveTo(x, tip); context.lineTo(x - size, base); context.lineTo(x + size, base);
        context.fill();
      }
    }
  }

  paintChanges(plot, context, trial, pixel) {
    const { top, height } = plot.bbox;
    for (const change of this.experiment.changes.get(trial) ?? []) {
      const x = Math.round(plot.valToPos(this.curves.position(trial, change.step), "x", true));
      if (!Number.isFinite(x)) continue;
      context.lineWidth = pixel;
      context.setLineDash([3 * pixel, 3 * pixel]);
      context.beginPath(); context.moveTo(x, top); context.lineTo(x, top + height); context.stroke();
      context.setLineDash([]);
      context.beginPath();
      context.moveTo(x - 5 * pixel, top); context.lineTo(x + 5 * pixel, top); context.lineTo(x, top + 8 * pixel);
      context.fill();
    }
  }

  hover(plot, left, top) {
    const changes = this.changesNear(plot, left);
    if (changes.length > 0) return changes.slice(0, 4).map(describeChange);
    const near = this.nearest(plot, left, top);
    if (!near) return null;
    const { trial, curve, index } = near, value = curve.y[index];
    const smooth = this.smoothing > 0 ? `, smoothed ${formatNumber(curve.smoothed(this.smoothing)[index])}` : "";
    return [
      `trial ${trial}`,
      `${this.curves.axis === "step" ? "step" : "seconds"} ${formatNumber(curve.x[index])}`,
      `${this.curves.metric} ${formatNumber(value)}${smooth}`,
    ];
  }

  changesNear(plot, left) {
    return this.curves.trials.flatMap(trial => (this.experiment.changes.get(trial) ?? [])
      .filter(change => Math.abs(plot.valToPos(this.curves.position(trial, change.step), "x") - left) < HOVER_DISTANCE));
  }

  nearest(plot, left, top) {
    let best = null;
    for (const { trial, curve } of this.drawn()) {
      const at = curve.indexAt(plot.posToVal(left, "x"));
      for (const index of [at - 1, at]) {
        if (index < 0 || index >= curve.length) continue;
        const value = curve.smoothed(this.smoothing)[index];
        const away = Number.isFinite(value) ? Math.abs(plot.valToPos(value, "y") - top) : 1000;
        const distance = away + Math.abs(plot.valToPos(curve.x[index], "x") - left);
        if (!best || distance < best.distance) best = { trial, curve, index, distance };
      }
    }
    return best;
  }

  drawn() {
    return this.curves.trials.map(trial => ({ trial, curve: this.curves.curve(trial) })).filter(({ curve }) => curve !== null);
  }

  csv() {
    const rows = [["trial", this.curves.axis, this.curves.metric, ...(this.smoothing > 0 ? ["smoothed"] : [])]];
    for (const { trial, curve } of this.drawn()) {
      const smooth = curve.smoothed(this.smoothing);
      for (let index = 0; index < curve.length; index++) {
        rows.push([trial, curve.x[index], curve.y[index], ...(this.smoothing > 0 ? [smooth[index]] : [])]);
      }
    }
    return rows;
  }
}

/// valToPos for many points: both scales as one multiplication and one addition.
export function placer(plot) {
  const { bbox, scales } = plot;
  const { min: left, max: right } = scales.x, xFactor = bbox.width / (right - left);
  const isLog = scales.y.distr === 3, of = isLog ? Math.log10 : value => value;
  const low = of(scales.y.min), yFactor = bbox.height / (of(scales.y.max) - low);
  return { x: value => bbox.left + (value - left) * xFactor, y: value => bbox.top + bbox.height - (of(value) - low) * yFactor };
}
