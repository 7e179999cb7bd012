// The curves of one metric: loaded thinned, continued by live reports, and loaded again in full for a zoomed stretch.

import { experimentPath, get } from "./api.js";
import { toNumber } from "./format.js";

const POINTS = 600;
const GROWTH_LIMIT = 4; // a curve that grew to so many times POINTS is loaded again, thinned

export class Curve {
  constructor(x = [], y = [], steps = null) {
    this.length = x.length;
    this.x = Float64Array.from(x);
    this.y = Float64Array.from(y, toNumber);
    this.steps = steps ? Float64Array.from(steps) : this.x;
    this.isWhole = true;
    this.weight = -1;
  }

  get lastStep() {
    return this.length > 0 ? this.steps[this.length - 1] : -Infinity;
  }

  push(x, y, step) {
    if (this.length === this.x.length) this.grow();
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.steps[this.length] = step;
    this.length += 1;
  }

  grow() {
    const isShared = this.steps === this.x, size = Math.max(64, this.length * 2);
    const grown = old => { const array = new Float64Array(size); array.set(old); return array; };
    this.x = grown(this.x);
    this.y = grown(this.y);
    this.steps = isShared ? this.x : grown(this.steps);
  }

  /// An exponential mean without the start's bias; continues where it was, so that live points cost only themselves.
  smoothed(weight) {
    if (weight === 0) return this.y;
    if (weight !== this.weight) Object.assign(this, { weight, done: 0, mean: 0, mass: 0, smooth: new Float64Array(this.y.length) });
    if (this.smooth.length < this.length) { const old = this.smooth; this.smooth = new Float64Array(this.y.length); this.smooth.set(old); }
    for (; this.done < this.length; this.done++) {
      const value = this.y[this.done];
      if (Number.isFinite(value)) {
        this.mean = weight * this.mean + (1 - weight) * value;
        this.mass = weight * this.mass + (1 - weight);
      }
      this.smooth[this.done] = Number.isFinite(value) ? this.mean / this.mass : NaN;
    }
    return this.smooth;
  }

  /// The index of the first point at or after `x`.
  indexAt(x) {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x[middle] < x) low = middle + 1; else high = middle;
    }
    return low;
  }
}

export class CurveSet {
  constructor(experiment, metric, onChange) {
    Object.assign(this, { experiment, metric, onChange, axis: "step", zoom: null, trials: [], error: null });
    this.forget();
  }

  forget() {
    this.whole = new Map();
    this.detail = new Map();
    this.waiting = new Map();
    this.generation = (this.generation ?? 0) + 1;
  }

  show({ trials = this.trials, metric = this.metric, axis = this.axis }) {
    if (metric !== this.metric || axis !== this.axis) {
      Object.assign(this, { metric, axis, zoom: null });
      this.forget();
    }
    this.trials = trials;
    this.loadMissing();
    this.onChange();
  }

  setZoom(range) {
    this.zoom = range;
    this.detail = new Map();
    if (range && this.trials.some(trial => this.whole.get(trial)?.isWhole === false)) this.loadDetail(range);
    this.onChange();
  }

  curve(trial) {
    return this.detail.get(trial) ?? this.whole.get(trial) ?? null;
  }

  get isLoading() {
    return this.waiting.size > 0;
  }

  /// Reports that come while a curve is loading wait for it; a step that the loaded curve has already is not drawn twice.
  take(reports) {
    let isTouched = false;
    for (const report of reports) {
      if (!(this.metric in report[3])) continue;
      const [trial] = report;
      if (this.waiting.has(trial)) this.waiting.get(trial).push(report);
      else if (this.whole.has(trial)) isTouched = this.append(report) || isTouched;
    }
    if (isTouched) this.onChange();
  }

  append([trial, step, elapsed, metrics]) {
    const x = this.axis === "step" ? step : elapsed, y = toNumber(metrics[this.metric]), whole = this.whole.get(trial);
    for (const curve of [whole, this.detail.get(trial)]) if (curve && step > curve.lastStep) curve.push(x, y, step);
    if (whole.length > GROWTH_LIMIT * POINTS) this.load([trial]);
    return this.trials.includes(trial);
  }

  loadMissing() {
    for (const trial of this.whole.keys()) if (!this.trials.includes(trial)) this.whole.delete(trial);
    const missing = this.trials.filter(trial => !this.whole.has(trial) && !this.waiting.has(trial));
    if (missing.length > 0) this.load(missing);
  }

  async load(trials) {
    const generation = this.generation;
    trials.forEach(trial => this.waiting.set(trial, this.waiting.get(trial) ?? []));
    try {
      const curves = await this.fetchCurves(trials, "");
      if (generation !== this.generation) return;
      curves.forEach((curve, trial) => this.whole.set(trial, curve));
      this.error = null;
    } catch (error) {
      if (generation !== this.generation) return;
      this.error = error.message;
    }
    for (const trial of trials) {
      const late = this.waiting.get(trial) ?? [];
      this.waiting.delete(trial);
      if (this.whole.has(trial)) late.forEach(report => this.append(report));
    }
    this.onChange();
  }

  async loadDetail(range) {
    const curves = await this.fetchCurves(this.trials, `&from=${range[0]}&to=${range[1]}`).catch(() => new Map());
    if (this.zoom !== range) return;
    this.detail = curves;
    this.onChange();
  }

  /// By time, steps are asked for too: changes are told by step, and their marks must find their place.
  async fetchCurves(trials, stretch) {
    const query = `metric=${encodeURIComponent(this.metric)}&trials=${trials.join(",")}&points=${POINTS}${stretch}`;
    const ask = axis => get(experimentPath(this.experiment.name, `/curves?${query}&axis=${axis}`));
    const [found, bySteps] = await Promise.all([ask(this.axis), this.axis === "time" && stretch === "" ? ask("step") : null]);
    const answer = new Map();
    found.curves.forEach(({ trial, x, y, isWhole }) => {
      const steps = bySteps?.curves.find(other => other.trial === trial)?.x ?? [];
      const curve = new Curve(x, y, this.axis === "time" ? x.map((_, index) => steps[index] ?? -Infinity) : null);
      curve.isWhole = isWhole;
      answer.set(trial, curve);
    });
    return answer;
  }

  /// Where a step stands on the axis; NaN while that is not known.
  position(trial, step) {
    if (this.axis === "step") return step;
    const curve = this.whole.get(trial);
    if (!curve || curve.length === 0) return NaN;
    for (let index = 0; index < curve.length; index++) if (curve.steps[index] >= step) return curve.x[index];
    return curve.x[curve.length - 1];
  }
}
