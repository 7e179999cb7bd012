// One running program: its variables, the changes that are staged, and how far the applied ones have come.

import { experimentPath, post } from "./api.js";
import { makeControl } from "./controls.js";
import { button, el, labelled, setText } from "./dom.js";
import { describeValues, formatValue } from "./format.js";

export class ProgramPanel {
  constructor(experiment, program, mayTune) {
    Object.assign(
      this,
      { experiment, trial: program.trial, mayTune, staged: new Map(), rows: new Map(), pending: new Map(), lastApplied: null },
    );
    this.heading = el("h3");
    this.status = el("p", { class: "status-line", role: "status", "aria-live": "polite", "data-test": "apply-status" });
    this.problem = el("p", { class: "problem", role: "alert", "data-test": "apply-error" });
    this.list = el("div", { class: "variables" });
    this.triggers = el("div", { class: "row triggers" });
    this.node = el(
      "section",
      { class: "card program", "data-test": "program", "data-trial": program.trial },
      this.heading,
      this.list,
      this.applyBar(),
      this.status,
      this.problem,
      this.triggers,
    );
    this.take(program);
    this.updateBar();
  }

  applyBar() {
    this.step = el("input", { type: "number", min: "1", step: "1", placeholder: "next", "data-test": "at-step", disabled: !this.mayTune });
    this.reason = el("input", { type: "text", "data-test": "reason", placeholder: "why", disabled: !this.mayTune });
    this.apply = button("Apply", "apply", () => this.send(Object.fromEntries(this.staged), this.oldValues()), { class: "primary" });
    this.discard = button("Discard", "discard", () => this.unstageAll(), { class: "quiet" });
    this.undo = button("Undo last", "undo", () => this.undoLast(), { class: "quiet" });
    return el(
      "div",
      { class: "row apply-bar" },
      labelled("At step", this.step),
      labelled("Reason", this.reason, { class: "field grow" }),
      this.apply,
      this.discard,
      this.undo,
    );
  }

  /// Takes the program as it is now; what the person has staged stays.
  take(program) {
    setText(this.heading, `Trial ${program.trial}, step ${program.step}`);
    const tags = program.variables.map(variable => variable.tag).join("\n");
    if (tags !== this.tags) this.build(program);
    this.tags = tags;
    for (const variable of program.variables) this.setCurrent(variable.tag, variable.value);
  }

  setStep(step) {
    setText(this.heading, `Trial ${this.trial}, step ${step}`);
  }

  build({ variables, triggers }) {
    this.rows.clear();
    const groups = new Map();
    for (const variable of variables) groups.set(variable.group ?? "", [...(groups.get(variable.group ?? "") ?? []), variable]);
    this.list.replaceChildren(...[...groups].map(
      ([group, members]) => el("fieldset", {}, el("legend", { text: group || "values" }), members.map(variable => this.row(variable))),
    ));
    this.triggers.replaceChildren(...triggers.map(
      trigger => button(trigger, "trigger", () => this.fire(trigger), { "data-trigger": trigger, disabled: !this.mayTune }),
    ));
    if (triggers.length > 0) this.triggers.prepend(el("span", { class: "muted", text: "Triggers" }));
  }

  row(variable) {
    const id = `live-${this.trial}-${this.rows.size}`, old = el("span", { class: "staged-text", "data-test": "staged" });
    const control = makeControl(variable, { id, isDisabled: !this.mayTune, onChange: value => this.stage(variable.tag, value) });
    const hasRange = Number.isFinite(variable.low) && Number.isFinite(variable.high);
    const range = hasRange ? `${formatValue(variable.low)} … ${formatValue(variable.high)}` : "";
    const hint = [variable.help, range, variable.applies === "atStep" ? "takes effect at a step" : ""].filter(Boolean).join(" · ");
    const unit = variable.unit ? el("span", { class: "muted", text: ` ${variable.unit}` }) : null;
    const label = el("label", { for: id }, el("span", { class: "tag", text: variable.tag }), unit);
    const attributes = { class: "variable", "data-test": "variable", "data-tag": variable.tag };
    const node = el("div", attributes, label, control.node, old, el("span", { class: "hint muted", text: hint }));
    this.rows.set(variable.tag, { node, control, old, current: variable.value });
    return node;
  }

  stage(tag, value) {
    if (value === this.rows.get(tag).current) this.staged.delete(tag);
    else this.staged.set(tag, value);
    this.mark(tag);
    this.updateBar();
  }

  unstageAll() {
    const tags = [...this.staged.keys()];
    this.staged.clear();
    tags.forEach(tag => { const row = this.rows.get(tag); row?.control.set(row.current); this.mark(tag); });
    setText(this.problem, "");
    this.updateBar();
  }

  mark(tag) {
    const row = this.rows.get(tag);
    if (!row) return;
    row.node.classList.toggle("is-staged", this.staged.has(tag));
    setText(row.old, this.staged.has(tag) ? `${formatValue(row.current)} → ${formatValue(this.staged.get(tag))}` : "");
  }

  setCurrent(tag, value) {
    const row = this.rows.get(tag);
    if (!row || row.current === value) return;
    row.current = value;
    if (this.staged.get(tag) === value) this.staged.delete(tag);
    if (!this.staged.has(tag)) row.control.set(value);
    this.mark(tag);
    this.updateBar();
  }

  updateBar() {
    const count = this.staged.size;
    setText(this.apply, count > 0 ? `Apply ${count}` : "Apply");
    this.apply.disabled = count === 0 || !this.mayTune || this.isSending === true;
    this.discard.disabled = count === 0;
    this.undo.disabled = !this.lastApplied || !this.mayTune || this.isSending === true;
  }

  oldValues() {
    return Object.fromEntries([...this.staged.keys()].map(tag => [tag, this.rows.get(tag).current]));
  }

  /// All values go as one set: the program takes them together or not at all.
  async send(values, before, reason = this.reason.value.trim()) {
    const atStep = this.step.valueAsNumber;
    const body = { values, ...(Number.isFinite(atStep) ? { atStep } : {}), ...(reason ? { reason } : {}) };
    const number = await this.post("set", body);
    if (number === null) return;
    this.pending.set(number, { values, before });
    this.staged.clear();
    [...Object.keys(values)].forEach(tag => this.mark(tag));
    setText(this.status, `Accepted as change ${number}: ${describeValues(values)}. Waiting for the program to take it.`);
    this.reason.value = this.step.value = "";
    this.settle();
  }

  async fire(trigger) {
    const number = await this.post("fire", { trigger, ...(this.reason.value.trim() ? { reason: this.reason.value.trim() } : {}) });
    if (number === null) return;
    this.pending.set(number, { trigger });
    setText(this.status, `Accepted as change ${number}: ${trigger}.`);
    this.settle();
  }

  async post(verb, body) {
    setText(this.problem, "");
    this.isSending = true;
    this.updateBar();
    try {
      return (await post(experimentPath(this.experiment.name, `/trials/${this.trial}/${verb}`), body)).number;
    } catch (error) {
      setText(this.problem, error.message);
      return null;
    } finally {
      this.isSending = false;
      this.updateBar();
    }
  }

  undoLast() {
    const { number, before } = this.lastApplied;
    this.step.value = "";
    this.send(before, this.currentOf(Object.keys(before)), `undo of change ${number}`);
  }

  currentOf(tags) {
    return Object.fromEntries(tags.map(tag => [tag, this.rows.get(tag)?.current]));
  }

  /// A change that anybody made: the controls follow.
  adopt(change) {
    for (const tag in change.values ?? {}) this.setCurrent(tag, change.values[tag]);
    this.settle();
  }

  /// A change took effect when it is among the experiment's changes; that may be before the answer to the request is here.
  settle() {
    for (const change of this.experiment.changes.get(this.trial) ?? []) {
      const mine = this.pending.get(change.number);
      if (!mine) continue;
      this.pending.delete(change.number);
      setText(this.status, `Applied at step ${change.step}: ${mine.trigger ?? describeValues(mine.values)} (change ${change.number}).`);
      if (mine.before) this.lastApplied = { number: change.number, before: mine.before };
    }
    this.updateBar();
  }
}
