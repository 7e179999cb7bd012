// Which trials the person means: a filter and brushes narrow them, ticks choose some. Table, parallel axes and metrics share it.

import { parseFilter } from "./filter.js";

export const BUILT_IN = ["trial", "state", "value", "steps"];
export const SHOWN_LIMIT = 20;

export class Selection {
  constructor(experiment) {
    this.experiment = experiment;
    this.text = "";
    this.filter = parseFilter("", []);
    this.brushes = new Map();
    this.chosen = new Set();
    this.listeners = new Set();
  }

  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(kind) {
    for (const listener of this.listeners) listener(kind);
  }

  /// Throws a FilterError whose text is for the person; the filter before it stays.
  async setFilter(text) {
    const known = [...BUILT_IN, ...this.experiment.parameters.map(parameter => parameter.name)];
    const filter = parseFilter(text, known);
    await this.experiment.ensureColumns(filter.names);
    this.text = text;
    this.filter = filter;
    this.emit("filter");
  }

  /// - accepts: a function of a cell's value, or null to take the brush away.
  setBrush(name, accepts) {
    if (accepts) this.brushes.set(name, accepts);
    else this.brushes.delete(name);
    this.emit("brush");
  }

  choose(row, isChosen) {
    if (isChosen) this.chosen.add(row);
    else this.chosen.delete(row);
    this.emit("chosen");
  }

  chooseNone() {
    this.chosen.clear();
    this.emit("chosen");
  }

  get isNarrowed() {
    return this.text.trim() !== "" || this.brushes.size > 0;
  }

  passesFilter(row) {
    return this.filter.test(name => this.experiment.cell(name, row));
  }

  passes(row) {
    for (const [name, accepts] of this.brushes) if (!accepts(this.experiment.cell(name, row))) return false;
    return this.passesFilter(row);
  }

  /// The rows that pass, in order of number.
  rows() {
    const { count } = this.experiment, found = new Uint32Array(count);
    let length = 0;
    for (let row = 0; row < count; row++) if (!this.isNarrowed || this.passes(row)) found[length++] = row;
    return found.subarray(0, length);
  }

  /// The trials whose curves are drawn: the ticked ones, or else the best five and the running ones.
  shownTrials() {
    if (this.chosen.size > 0) return [...this.chosen].slice(0, SHOWN_LIMIT).map(row => row + 1);
    const accepts = row => !this.isNarrowed || this.passes(row);
    const rows = this.experiment.bestRows(5, accepts);
    for (let row = this.experiment.count - 1; row >= 0 && rows.length < SHOWN_LIMIT; row--) {
      if (this.experiment.isRunning(row) && !rows.includes(row) && accepts(row)) rows.push(row);
    }
    return rows.map(row => row + 1);
  }
}
