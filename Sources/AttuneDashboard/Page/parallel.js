// Parallel coordinates: each trial a line through its parameters and its value.
// A drag along an axis is a brush, shared with table and metrics.

import { ink } from "./chart.js";
import { button, el, setText, throttled } from "./dom.js";
import { exportButtons } from "./export.js";
import { filterBox } from "./filter-box.js";
import { ParallelAxis } from "./parallel-axis.js";

const ROW_LIMIT = 5000, HEIGHT = 420, TOP = 56, BOTTOM = 20, SIDE = 64, AXIS_GAP = 120;
const COLORS = 12;
const DESCRIPTION = "Parallel coordinates of parameters and value. Drag along an axis to narrow; the filter does the same by keyboard.";

export class ParallelView {
  constructor(experiment, selection) {
    Object.assign(this, { experiment, selection, source: this, axes: [], rows: [], isShown: false, title: `${experiment.name} parallel` });
    this.element = el("canvas", { class: "parallel", "data-test": "parallel-canvas", role: "img", "aria-label": DESCRIPTION });
    this.element.addEventListener("pointerdown", event => this.startBrush(event));
    this.summary = el("p", { class: "muted status-line", role: "status", "data-test": "parallel-summary" });
    this.chips = el("div", { class: "row chips", "data-test": "brushes" });
    this.scroller = el("div", { class: "parallel-scroller" }, this.element);
    this.node = el(
      "section",
      { class: "view" },
      filterBox(selection),
      this.summary,
      this.chips,
      el("div", { class: "row tools" }, exportButtons(this, "parallel")),
      this.scroller,
    );
    this.reload = throttled(2000, () => this.load());
    this.redraw = throttled(60, () => this.draw());
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.scroller);
    this.onTheme = () => this.redraw();
    document.addEventListener("attune-theme", this.onTheme);
    this.unsubscribe = [
      selection.on(kind => this.onSelection(kind)),
      experiment.on(update => { if (update.rows.size > 0 && this.isShown) this.reload(); }),
    ];
  }

  show() {
    this.isShown = true;
    this.load();
  }

  hide() {
    this.isShown = false;
  }

  destroy() {
    this.unsubscribe.forEach(stop => stop());
    this.reload.cancel();
    this.redraw.cancel();
    this.observer.disconnect();
    document.removeEventListener("attune-theme", this.onTheme);
  }

  canvas() {
    return this.element;
  }

  onSelection(kind) {
    if (!this.isShown) return;
    if (kind === "filter") this.load();
    else this.redraw();
  }

  async load() {
    if (!this.isShown) return;
    const names = this.experiment.parameters.map(parameter => parameter.name);
    try {
      await this.experiment.ensureColumns(names);
    } catch (error) {
      return setText(this.summary, error.message);
    }
    if (this.dragged) return;
    this.rows = this.chooseRows();
    this.makeAxes([...names, "value"]);
    this.draw();
  }

  /// All that have a value and pass the filter, or the best of them where they are too many to draw at once.
  chooseRows() {
    const { count, hasValue, values, sign } = this.experiment, passing = [];
    for (let row = 0; row < count; row++) {
      if (hasValue[row] && this.selection.passesFilter(row)) passing.push(row);
    }
    this.passing = passing.length;
    if (passing.length <= ROW_LIMIT) return passing;
    const rank = row => Number.isNaN(values[row]) ? Infinity : sign * values[row];
    return passing.sort((left, right) => rank(left) < rank(right) ? -1 : rank(left) > rank(right) ? 1 : 0).slice(0, ROW_LIMIT);
  }

  makeAxes(names) {
    const ranges = new Map(this.axes.map(axis => [axis.name, axis.range]));
    this.axes = names.map(name => {
      const parameter = this.experiment.parameters.find(other => other.name === name);
      const axis = new ParallelAxis(name, this.rows.map(row => this.experiment.cell(name, row)), parameter?.scale === "log");
      axis.range = ranges.get(name) ?? null;
      if (axis.range) this.selection.brushes.set(name, axis.brush);
      return axis;
    });
    this.heights = this.axes.map(axis => Float32Array.from(this.rows, row => axis.heightOf(this.experiment.cell(axis.name, row))));
  }

  draw() {
    if (!this.isShown || this.axes.length === 0 || this.scroller.clientWidth < 50) return;
    const context = this.prepare(), matched = this.rows.map(row => this.selection.passes(row));
    const count = matched.filter(Boolean).length;
    const limit = this.passing > ROW_LIMIT ? ` (the best ${ROW_LIMIT} of ${this.passing})` : "";
    setText(this.summary, `${count} of ${this.rows.length} trials with a value${limit} are inside the brushes.`);
    context.lineWidth = 1;
    const faint = Math.max(0.06, Math.min(0.5, 200 / this.rows.length));
    if (count < this.rows.length) this.strokeRows(context, index => !matched[index], ink("--faint-line"), faint);
    const alpha = Math.max(0.12, Math.min(0.85, 60 / count));
    for (let bucket = 0; bucket < COLORS; bucket++) {
      const isMeant = index => matched[index] && this.bucketOf(index) === bucket;
      this.strokeRows(context, isMeant, rampColor(bucket / (COLORS - 1)), alpha);
    }
    this.axes.forEach((axis, index) => this.drawAxis(context, axis, index));
    this.drawChips();
  }

  prepare() {
    const pixel = window.devicePixelRatio || 1, width = Math.max(this.scroller.clientWidth, 2 * SIDE + (this.axes.length - 1) * AXIS_GAP);
    this.element.width = width * pixel;
    this.element.height = HEIGHT * pixel;
    this.element.style.width = `${width}px`;
    this.element.style.height = `${HEIGHT}px`;
    this.gap = (width - 2 * SIDE) / (this.axes.length - 1);
    const context = this.element.getContext("2d");
    context.scale(pixel, pixel);
    return context;
  }

  /// All lines of one colour are one path.
  strokeRows(context, isMeant, color, alpha) {
    context.strokeStyle = color;
    context.globalAlpha = alpha;
    context.beginPath();
    for (let index = 0; index < this.rows.length; index++) {
      if (!isMeant(index)) continue;
      let isDown = false;
      for (let axis = 0; axis < this.axes.length; axis++) {
        const height = this.heights[axis][index];
        if (Number.isNaN(height)) { isDown = false; continue; }
        context[isDown ? "lineTo" : "moveTo"](SIDE + axis * this.gap, this.yOf(height));
        isDown = true;
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  bucketOf(index) {
    const height = this.heights[this.axes.length - 1][index];
    const goodness = this.experiment.sign > 0 ? 1 - height : height;
    return Number.isNaN(goodness) ? 0 : Math.round(goodness * (COLORS - 1));
  }

  yOf(height) {
    return TOP + (1 - height) * (HEIGHT - TOP - BOTTOM);
  }

  drawAxis(context, axis, index) {
    const x = SIDE + index * this.gap;
    context.strokeStyle = ink("--muted");
    context.beginPath(); context.moveTo(x, this.yOf(1)); context.lineTo(x, this.yOf(0)); context.stroke();
    context.textAlign = "center";
    context.font = "600 13px system-ui, sans-serif";
    context.fillStyle = ink("--text");
    context.fillText(axis.name, x, 22 + (index % 2) * 16, this.gap * 1.9);
    context.font = "12px system-ui, sans-serif";
    const isLast = index === this.axes.length - 1;
    context.textAlign = isLast ? "right" : "left";
    for (const [height, text] of axis.ticks()) this.drawTick(context, text, x + (isLast ? -6 : 6), this.yOf(height));
    if (!axis.range) return;
    const [low, high] = axis.range;
    context.fillStyle = ink("--accent");
    context.globalAlpha = 0.35;
    context.fillRect(x - 7, this.yOf(high), 14, Math.max(3, this.yOf(low) - this.yOf(high)));
    context.globalAlpha = 1;
  }

  drawTick(context, text, x, y) {
    context.lineWidth = 3;
    context.strokeStyle = ink("--surface");
    context.strokeText(text, x, y + 4, this.gap - 12);
    context.lineWidth = 1;
    context.fillStyle = ink("--text");
    context.fillText(text, x, y + 4, this.gap - 12);
  }

  startBrush(event) {
    const box = this.element.getBoundingClientRect();
    const heightAt = clientY => Math.min(1, Math.max(0, 1 - (clientY - box.top - TOP) / (HEIGHT - TOP - BOTTOM)));
    const index = Math.round((event.clientX - box.left - SIDE) / this.gap), axis = this.axes[index];
    if (!axis || Math.abs(event.clientX - box.left - SIDE - index * this.gap) > 24) return;
    const from = heightAt(event.clientY);
    this.element.setPointerCapture(event.pointerId);
    this.dragged = axis;
    const move = moved => { axis.range = [from, heightAt(moved.clientY)].sort((left, right) => left - right); this.applyBrush(axis); };
    const end = () => {
      this.element.removeEventListener("pointermove", move);
      this.dragged = null;
      if (axis.range && axis.range[1] - axis.range[0] < 0.01) axis.range = null;
      this.applyBrush(axis);
    };
    axis.range = null;
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", end, { once: true });
  }

  applyBrush(axis) {
    this.selection.setBrush(axis.name, axis.brush);
  }

  drawChips() {
    const brushed = this.axes.filter(axis => axis.range);
    const remove = axis => { axis.range = null; this.applyBrush(axis); };
    const chip = axis => button(
      `${axis.describeRange()} ✕`,
      "brush",
      () => remove(axis),
      { class: "chip", "aria-label": `Remove the brush on ${axis.name}` },
    );
    this.chips.replaceChildren(...brushed.map(chip));
    if (brushed.length === 0) this.chips.append(el("span", { class: "muted", text: "Drag along an axis to narrow." }));
  }

  csv() {
    const names = ["trial", ...this.axes.map(axis => axis.name)], rows = this.rows.filter(row => this.selection.passes(row));
    return [names, ...rows.map(row => names.map(name => this.experiment.cell(name, row)))];
  }
}

/// From blue (worst) over magenta to a warm red (best): no hue on the way is pale on a light or dim on a dark background.
function rampColor(share) {
  return `hsl(${225 + 150 * share} ${40 + 45 * share}% ${document.documentElement.dataset.shade === "dark" ? 66 : 46}%)`;
}
