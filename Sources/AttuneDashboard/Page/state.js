// One experiment as the page knows it: columns of typed arrays, one slot a trial; no object for each trial.

import { experimentPath, get } from "./api.js";
import { STATES, toNumber } from "./format.js";

export class Experiment {
  constructor(snapshot) {
    this.name = snapshot.name;
    this.listeners = new Set();
    this.columns = new Map();
    this.columnLoads = new Map();
    this.details = new Map();
    this.changes = new Map();
    this.load(snapshot);
  }

  /// Takes a snapshot: at first, and again after the server said `reset`.
  load(snapshot) {
    const { state, created, cursor, objectives, limits, scheduler, proposer, parameters, metrics, trials } = snapshot;
    Object.assign(this, { state, created, cursor, objectives, limits, scheduler, proposer, parameters, metrics });
    this.count = 0;
    this.counts = { w: 0, r: 0, u: 0, c: 0, s: 0, f: 0 };
    this.reserve(trials.count + 64);
    for (let row = 0; row < trials.count; row++) this.setTrial(row, trials.state[row], trials.value[row], trials.steps[row]);
    this.best = this.findBest();
  }

  get sign() {
    return this.objectives[0]?.goal === "maximize" ? -1 : 1;
  }

  get metric() {
    return this.objectives[0]?.metric ?? this.metrics[0] ?? "value";
  }

  letterOf(row) {
    return String.fromCharCode(this.letters[row]);
  }

  isRunning(row) {
    return this.letters[row] === 114; // "r"
  }

  /// What tables, filters and axes read: null where the trial has none.
  cell(name, row) {
    if (name === "trial") return row + 1;
    if (name === "state") return STATES[this.letterOf(row)] ?? "unknown";
    if (name === "value") return this.hasValue[row] ? this.values[row] : null;
    if (name === "steps") return this.steps[row];
    return this.columns.get(name)?.[row] ?? null;
  }

  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(update) {
    for (const listener of this.listeners) listener(update);
  }

  /// Merges what came within one frame, and tells every view once.
  take(batch) {
    const update = { rows: new Set(), reports: [], changes: [], isReset: false };
    for (const news of batch) {
      this.cursor = news.cursor;
      this.state = news.state ?? this.state;
      for (const [number, letter, value, steps] of news.trials) this.takeTrial(number - 1, letter, value, steps, update.rows);
      for (const report of news.reports) this.takeReport(report, update);
      for (const change of news.changes) if (this.addChange(change)) update.changes.push(change);
    }
    this.emit(update);
  }

  takeTrial(row, letter, value, steps, rows) {
    this.reserve(row + 1);
    const wasBest = this.best?.row === row;
    while (this.count < row) this.setTrial(this.count, "w", null, 0);
    this.setTrial(row, letter, value, steps);
    if (wasBest) this.best = this.findBest();
    else if (this.isBetter(row, this.best)) this.best = { row, value: this.values[row] };
    rows.add(row);
  }

  takeReport(report, update) {
    const [trial, step, , metrics] = report, row = trial - 1;
    if (row < this.count && step > this.steps[row]) {
      this.steps[row] = step;
      update.rows.add(row);
    }
    for (const metric in metrics) if (!this.metrics.includes(metric)) this.metrics.push(metric);
    update.reports.push(report);
  }

  addChange(change) {
    const known = this.changes.get(change.trial) ?? [];
    if (known.some(other => other.number === change.number)) return false;
    known.push(change);
    known.sort((left, right) => left.step - right.step || left.number - right.number);
    this.changes.set(change.trial, known);
    return true;
  }

  /// Loads the configuration columns that are missing or older than the newest trial.
  async ensureColumns(names) {
    const missing = names.filter(name => this.isParameter(name) && (this.columns.get(name)?.length ?? -1) < this.count);
    const fresh = missing.filter(name => !this.columnLoads.has(name));
    if (fresh.length > 0) {
      const query = fresh.map(encodeURIComponent).join(",");
      const load = get(experimentPath(this.name, `/columns?names=${query}`)).then(answer => {
        for (const name of fresh) this.columns.set(name, answer.columns[name] ?? []);
      }).finally(() => fresh.forEach(name => this.columnLoads.delete(name)));
      fresh.forEach(name => this.columnLoads.set(name, load));
    }
    await Promise.all(missing.map(name => this.columnLoads.get(name)));
    return missing.length > 0;
  }

  /// A trial's configuration and past changes; kept, because only changes are added later and those come by `news`.
  async detail(trial, isFresh = false) {
    if (isFresh || !this.details.has(trial)) {
      const load = get(experimentPath(this.name, `/trials/${trial}`));
      this.details.set(trial, load);
      load.then(detail => detail.changes.forEach(change => this.addChange({ trial, ...change })), () => this.details.delete(trial));
    }
    return this.details.get(trial);
  }

  isParameter(name) {
    return this.parameters.some(parameter => parameter.name === name);
  }

  /// The rows with the best values, best first; `accepts(row)` narrows them.
  bestRows(count, accepts = () => true) {
    const found = [];
    for (let row = 0; row < this.count; row++) {
      if (!this.isRanked(row) || !accepts(row)) continue;
      const place = found.findIndex(other => this.sign * (this.values[row] - this.values[other]) < 0);
      if (place >= 0) found.splice(place, 0, row);
      else if (found.length < count) found.push(row);
      if (found.length > count) found.pop();
    }
    return found;
  }

  isRanked(row) {
    return this.hasValue[row] === 1 && Number.isFinite(this.values[row]) && this.letters[row] !== 102; // not "f"
  }

  isBetter(row, best) {
    return this.isRanked(row) && (!best || this.sign * (this.values[row] - best.value) < 0);
  }

  findBest() {
    const [row] = this.bestRows(1);
    return row === undefined ? null : { row, value: this.values[row] };
  }

  setTrial(row, letter, value, steps) {
    if (row < this.count) this.counts[this.letterOf(row)] -= 1;
    this.counts[letter] = (this.counts[letter] ?? 0) + 1;
    this.letters[row] = letter.charCodeAt(0);
    this.hasValue[row] = value === null || value === undefined ? 0 : 1;
    this.values[row] = toNumber(value);
    this.steps[row] = steps;
    this.count = Math.max(this.count, row + 1);
  }

  reserve(count) {
    if (this.letters && this.letters.length >= count) return;
    const size = Math.max(count, (this.letters?.length ?? 0) * 2);
    const grown = (Type, old) => { const array = new Type(size); if (old) array.set(old); return array; };
    this.letters = grown(Uint8Array, this.letters);
    this.hasValue = grown(Uint8Array, this.hasValue);
    this.values = grown(Float64Array, this.values);
    this.steps = grown(Float64Array, this.steps);
  }
}
