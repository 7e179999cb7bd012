// A chart: uPlot gives axes, scales and zoom by drag; the curves are painted by the caller, who knows marks and borders.
// uPlot's own series want one common x for all, which trials of different lengths and times do not have.

import { el, throttled } from "./dom.js";
import { exportButtons } from "./export.js";
import { formatNumber } from "./format.js";

const FRAME = 100; // redrawn at most ten times a second

/// source: {extent() → {x: [low, high], y: [low, high]}, paint(plot, context), hover(plot, left, top) → [text] or null,
///          zoom(range or null), csv() → [[cell]]}
export class Chart {
  constructor(source, { title, xLabel, yLabel, height = 300, isLog = false, test, yTicks = null, hasExport = true }) {
    Object.assign(this, { source, title, xLabel, yLabel, height, isLog, yTicks });
    this.tip = el("div", { class: "tip", hidden: true });
    this.stage = el(
      "div",
      {
        class: "stage",
        tabindex: "0",
        role: "img",
        "aria-label": `${title}. Drag, or press plus, minus and the arrow keys to zoom and move; press 0 to reset.`,
        "data-test": `${test}-stage`,
        onkeydown: event => this.onKey(event),
      },
      this.tip,
    );
    this.stage.style.height = `${height}px`;
    this.tools = el("div", { class: "row tools" }, hasExport ? exportButtons(this, test) : []);
    this.node = el("figure", { class: "chart", "data-test": test }, this.tools, this.stage);
    this.refresh = throttled(FRAME, () => this.draw());
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.stage);
    this.onTheme = () => this.refresh();
    document.addEventListener("attune-theme", this.onTheme);
  }

  destroy() {
    this.refresh.cancel();
    this.observer.disconnect();
    document.removeEventListener("attune-theme", this.onTheme);
    this.plot?.destroy();
    this.plot = null;
  }

  setLog(isLog) {
    this.isLog = isLog;
    this.rebuild();
  }

  setLabels(xLabel, yLabel) {
    if (xLabel === this.xLabel && yLabel === this.yLabel) return;
    Object.assign(this, { xLabel, yLabel });
    this.rebuild();
  }

  canvas() {
    return this.plot?.ctx.canvas ?? null;
  }

  resize() {
    if (this.stage.clientWidth < 50) return;
    if (this.plot) this.plot.setSize({ width: this.stage.clientWidth, height: this.height });
    else this.rebuild();
  }

  rebuild() {
    if (this.stage.clientWidth < 50) return;
    this.plot?.destroy();
    this.current = this.readExtent();
    this.plot = new window.uPlot(this.options(), this.frameData(), this.stage);
  }

  draw() {
    if (!this.plot || !this.stage.isConnected || this.stage.offsetParent === null) return;
    this.current = this.readExtent();
    this.plot.setData(this.frameData());
    this.showTip(this.plot);
  }

  /// uPlot only sees the corners; the ranges below are ours.
  frameData() {
    return [this.current.x, this.current.y];
  }

  readExtent() {
    const { x, y } = this.source.extent(this.isLog);
    return { x: widen(x), y: this.isLog ? widenLog(y) : widen(y, 0.05) };
  }

  options() {
    const ink = name => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = {
      stroke: ink("--muted"),
      grid: { stroke: ink("--grid"), width: 1 },
      ticks: { stroke: ink("--grid"), width: 1 },
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
      labelSize: 20,
    };
    const texts = this.yTicks ?? ((plot, ticks) => ticks.map(tick => tick === null ? "" : formatNumber(tick)));
    const yValues = (plot, ticks) => texts(plot, this.isLog ? roundTicks(ticks, this.current.y) : ticks);
    return {
      width: this.stage.clientWidth, height: this.height, legend: { show: false },
      scales: { x: { time: false, range: () => this.current.x }, y: { distr: this.isLog ? 3 : 1, range: () => this.current.y } },
      axes: [
        { ...axis, label: this.xLabel, size: 32 },
        { ...axis, label: this.yLabel, size: this.yLabel ? 62 : 82, space: 30, values: yValues },
      ],
      series: [{}, { show: true, width: 0, points: { show: false }, paths: () => null }],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: Boolean(this.source.zoom), y: false, setScale: false },
        bind: { dblclick: () => () => this.source.zoom?.(null) },
      },
      hooks: { draw: [plot => this.paint(plot)], setSelect: [plot => this.zoomed(plot)], setCursor: [plot => this.showTip(plot)] },
    };
  }

  paint(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    this.source.paint(plot, ctx, this.isLog);
    ctx.restore();
  }

  zoomed(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    const range = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.source.zoom?.(range);
  }

  onKey(event) {
    const [low, high] = this.current?.x ?? [0, 1], width = high - low;
    const moves = {
      "+": [low + width / 4, high - width / 4], "-": [low - width / 2, high + width / 2],
      ArrowLeft: [low - width / 4, high - width / 4], ArrowRight: [low + width / 4, high + width / 4], 0: null, Escape: null,
    };
    if (!this.source.zoom || !Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    this.source.zoom(moves[event.key]);
  }

  showTip(plot) {
    const { left, top } = plot.cursor;
    const lines = left >= 0 && this.source.hover ? this.source.hover(plot, left, top) : null;
    this.tip.hidden = !lines;
    if (!lines) return;
    this.tip.replaceChildren(...lines.map(text => el("div", { text })));
    const isRight = left > plot.over.clientWidth / 2;
    this.tip.style.left = isRight ? "" : `${left + plot.over.offsetLeft + 14}px`;
    this.tip.style.right = isRight ? `${this.stage.clientWidth - plot.over.offsetLeft - left + 14}px` : "";
    this.tip.style.top = `${Math.max(0, Math.min(top, this.height - 30 - 20 * lines.length))}px`;
  }
}

function widen([low, high], share = 0) {
  if (!(low <= high)) return [0, 1];
  if (low === high) return [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  return [low - (high - low) * share, high + (high - low) * share];
}

function widenLog([low, high]) {
  if (!(low <= high) || low <= 0) return [0.1, 1];
  return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
}

/// uPlot begins a logarithmic axis with a tick at its very end; over a decade and more only 1, 2 and 5 are worth a text.
function roundTicks(ticks, [low, high]) {
  const isRound = tick => [1, 2, 5].includes(Number((tick / 10 ** Math.floor(Math.log10(tick) + 1e-9)).toPrecision(6)));
  return high / low < 10 ? ticks : ticks.map(tick => tick !== null && isRound(tick) ? tick : null);
}

export function seriesColors() {
  const style = getComputedStyle(document.documentElement);
  return Array.from({ length: 10 }, (_, index) => style.getPropertyValue(`--series-${index}`).trim());
}

export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
