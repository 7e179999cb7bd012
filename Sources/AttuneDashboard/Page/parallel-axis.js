// One vertical axis of the parallel coordinates: from a cell's value to a height between 0 (bottom) and 1 (top), and back.

import { formatNumber } from "./format.js";

export class ParallelAxis {
  /// - cells: the values that are shown, null where a trial has none.
  constructor(name, cells, isLog) {
    this.name = name;
    this.range = null;
    const numbers = cells.filter(cell => typeof cell === "number" && Number.isFinite(cell) && (!isLog || cell > 0));
    const isNumeric = cells.every(cell => cell === null || typeof cell === "number");
    this.words = isNumeric ? null : [...new Set(cells.filter(cell => cell !== null).map(String))].sort();
    this.isLog = isLog && !this.words;
    let low = Infinity, high = -Infinity;
    for (const number of numbers) { if (number < low) low = number; if (number > high) high = number; }
    const only = numbers[0] ?? 1, around = this.isLog ? [only / 2, only * 2] : [only - 1, only + 1];
    [this.low, this.high] = low < high ? [low, high] : around;
  }

  /// NaN where the line has a gap.
  heightOf(cell) {
    if (cell === null) return NaN;
    if (this.words) return this.words.length < 2 ? 0.5 : this.words.indexOf(String(cell)) / (this.words.length - 1);
    if (typeof cell !== "number" || !Number.isFinite(cell)) return NaN;
    const height = this.isLog ? Math.log(cell / this.low) / Math.log(this.high / this.low) : (cell - this.low) / (this.high - this.low);
    return Math.min(1, Math.max(0, height));
  }

  get brush() {
    if (!this.range) return null;
    const [low, high] = this.range;
    return cell => { const height = this.heightOf(cell); return height >= low && height <= high; };
  }

  /// [height, text] of what stands beside the axis.
  ticks() {
    if (this.words) return this.words.slice(0, 12).map(word => [this.heightOf(word), word]);
    return [0, 0.25, 0.5, 0.75, 1].map(height => [height, formatNumber(this.valueAt(height))]);
  }

  valueAt(height) {
    return this.isLog ? this.low * (this.high / this.low) ** height : this.low + (this.high - this.low) * height;
  }

  describeRange() {
    const [low, high] = this.range;
    const inside = this.words?.filter(word => this.heightOf(word) >= low && this.heightOf(word) <= high);
    if (inside) return `${this.name}: ${inside.join(", ") || "none"}`;
    return `${this.name}: ${formatNumber(this.valueAt(low))} to ${formatNumber(this.valueAt(high))}`;
  }
}
