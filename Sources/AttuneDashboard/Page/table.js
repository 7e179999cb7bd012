// All trials in a table that holds only the visible rows: ten thousand trials cost as much as thirty.

import { button, el, setText, throttled } from "./dom.js";
import { filterBox } from "./filter-box.js";
import { formatValue } from "./format.js";
import { BUILT_IN } from "./selection.js";

const ROW_HEIGHT = 34, MARGIN = 6;
const WIDTHS = { trial: 84, state: 112, value: 100, steps: 80 }, PARAMETER_WIDTH = 124, TICK_WIDTH = 40;

export class TableView {
  constructor(experiment, selection) {
    Object.assign(this, { experiment, selection, isShown: false, order: new Uint32Array(0), sortName: "trial", sortSign: 1, pool: [] });
    this.names = [...BUILT_IN, ...experiment.parameters.map(parameter => parameter.name)];
    this.summary = el("p", { class: "muted status-line", role: "status", "data-test": "table-summary" });
    this.body = el("tbody");
    this.above = el("tr", { class: "spacer", "aria-hidden": "true" }, el("td", { colspan: this.names.length + 1 }));
    this.below = el("tr", { class: "spacer", "aria-hidden": "true" }, el("td", { colspan: this.names.length + 1 }));
    this.table = el("table", { class: "trials", "data-test": "trials-table" }, this.columnWidths(), this.head(), this.body);
    this.table.style.width = `${this.width}px`;
    this.body.append(this.above, this.below);
    this.scroller = el(
      "div",
      {
        class: "scroller",
        tabindex: "0",
        role: "region",
        "aria-label": "Trials",
        "data-test": "table-scroller",
        onscroll: () => this.onScroll(),
      },
      this.table,
    );
    const clear = button("Clear selection", "clear-selection", () => selection.chooseNone(), { class: "quiet" });
    this.node = el(
      "section",
      { class: "view" },
      filterBox(selection),
      el("div", { class: "row between" }, this.summary, clear),
      this.scroller,
    );
    this.sort = throttled(1000, () => this.rebuild());
    this.paintSoon = throttled(100, () => this.paint());
    this.unsubscribe = [
      selection.on(kind => { if (this.isShown) kind === "chosen" ? this.paint() : this.rebuild(); }),
      experiment.on(update => this.take(update)),
    ];
  }

  columnWidths() {
    const widths = [TICK_WIDTH, ...this.names.map(name => WIDTHS[name] ?? PARAMETER_WIDTH)];
    this.lefts = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width, 0));
    this.width = widths.reduce((sum, width) => sum + width, 0);
    return el("colgroup", {}, widths.map(width => { const column = el("col"); column.style.width = `${width}px`; return column; }));
  }

  head() {
    this.headers = this.names.map(name => el(
      "th",
      { scope: "col", "aria-sort": "none" },
      button(name, "sort", () => this.sortBy(name), { class: "sort", "data-column": name, title: name }),
    ));
    return el(
      "thead",
      {},
      el("tr", {}, el("th", { scope: "col" }, el("span", { class: "hidden-text", text: "Show in metrics" })), this.headers),
    );
  }

  show() {
    this.isShown = true;
    this.rebuild();
  }

  hide() {
    this.isShown = false;
  }

  destroy() {
    this.unsubscribe.forEach(stop => stop());
    this.sort.cancel();
    this.paintSoon.cancel();
  }

  take(update) {
    if (!this.isShown || (update.rows.size === 0 && !update.isReset)) return;
    this.paintSoon();
    this.sort();
  }

  async sortBy(name) {
    this.sortSign = this.sortName === name ? -this.sortSign : 1;
    this.sortName = name;
    await this.experiment.ensureColumns([name]);
    this.rebuild();
  }

  rebuild() {
    if (!this.isShown) return;
    const { experiment, sortName, sortSign } = this, rows = this.selection.rows();
    const isPlain = sortName === "trial" && sortSign === 1;
    this.order = isPlain ? rows : sorted(rows, row => experiment.cell(sortName, row), sortSign);
    const direction = sortSign > 0 ? "ascending" : "descending";
    this.names.forEach((name, index) => this.headers[index].setAttribute("aria-sort", name === sortName ? direction : "none"));
    this.table.setAttribute("aria-rowcount", this.order.length + 1);
    this.paint();
  }

  onScroll() {
    if (this.isScrolling) return;
    this.isScrolling = true;
    requestAnimationFrame(() => { this.isScrolling = false; this.paint(); });
  }

  /// Fills as many rows as fit, and gives the rest as the height of two spacers.
  paint() {
    if (!this.isShown) return;
    const { order, scroller } = this, chosen = this.selection.chosen.size;
    setText(this.summary, `${order.length} of ${this.experiment.count} trials${chosen > 0 ? `, ${chosen} selected for metrics` : ""}`);
    const first = Math.max(0, Math.min(order.length, Math.floor(scroller.scrollTop / ROW_HEIGHT) - MARGIN));
    const count = Math.min(order.length - first, Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 2 * MARGIN);
    while (this.pool.length < count) this.addRow();
    this.pool.forEach((line, index) => { line.node.hidden = index >= count; });
    this.setHeight(this.above, first * ROW_HEIGHT);
    this.setHeight(this.below, (order.length - first - count) * ROW_HEIGHT);
    for (let index = 0; index < count; index++) this.fill(this.pool[index], order[first + index], first + index);
    this.loadVisibleColumns();
  }

  setHeight(spacer, height) {
    spacer.hidden = height <= 0;
    spacer.firstElementChild.style.height = `${height}px`;
  }

  addRow() {
    const line = { row: -1 };
    line.tick = el(
      "input",
      { type: "checkbox", "data-test": "row-select", onchange: () => this.selection.choose(line.row, line.tick.checked) },
    );
    line.link = el("a", { "data-test": "row-link" });
    line.badge = el("span", { class: "badge" });
    const cells = this.names.map(name => el("td", {}, name === "trial" ? line.link : name === "state" ? line.badge : []));
    line.texts = cells.slice(2);
    const open = event => { if (!event.target.closest("input, a, .tick")) location.hash = line.link.getAttribute("href"); };
    line.node = el("tr", { "data-test": "trial-row", onclick: open }, el("td", { class: "tick" }, line.tick), cells);
    this.pool.push(line);
    this.body.insertBefore(line.node, this.below);
  }

  fill(line, row, index) {
    const { experiment, selection } = this;
    if (line.row !== row) {
      line.row = row;
      line.node.dataset.trial = row + 1;
      line.link.href = `#/e/${encodeURIComponent(experiment.name)}/t/${row + 1}`;
      line.link.textContent = row + 1;
      line.tick.setAttribute("aria-label", `Show trial ${row + 1} in metrics`);
    }
    line.node.setAttribute("aria-rowindex", index + 2);
    line.tick.checked = selection.chosen.has(row);
    line.node.classList.toggle("chosen", line.tick.checked);
    const state = experiment.cell("state", row);
    setText(line.badge, state);
    line.badge.dataset.state = state;
    line.texts.forEach((cell, column) => setText(cell, this.cellText(this.names[column + 2], row)));
  }

  cellText(name, row) {
    if (!BUILT_IN.includes(name) && !this.experiment.columns.has(name)) return "…";
    return formatValue(this.experiment.cell(name, row));
  }

  /// Configurations are asked for only where a person can see them.
  loadVisibleColumns() {
    const { scrollLeft, clientWidth } = this.scroller;
    const isVisible = left => left < scrollLeft + clientWidth && left + PARAMETER_WIDTH > scrollLeft;
    const names = this.names.filter((_, index) => index >= BUILT_IN.length && isVisible(this.lefts[index + 1]));
    this.experiment.ensureColumns(names).then(isNew => { if (isNew) this.paint(); }, error => setText(this.summary, error.message));
  }
}

/// Numbers before texts, what is missing last in both directions; equal ones by number.
function sorted(rows, cellOf, sign) {
  const keys = new Map();
  for (const row of rows) keys.set(row, cellOf(row));
  const isMissing = key => key === null || Number.isNaN(key);
  return rows.slice().sort((left, right) => {
    const a = keys.get(left), b = keys.get(right);
    if (isMissing(a) || isMissing(b)) return (isMissing(a) ? 1 : 0) - (isMissing(b) ? 1 : 0) || left - right;
    if (a === b) return left - right;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return (a < b ? -1 : 1) * sign;
  });
}
