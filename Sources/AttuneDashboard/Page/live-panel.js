// The tab of the running programs: one at a time, chosen by trial; what is staged in the others stays staged.

import { experimentPath, get } from "./api.js";
import { button, el, loading, setText, throttled } from "./dom.js";
import { ProgramPanel } from "./program-panel.js";

export class LiveView {
  /// - onlyTrial: shows this trial alone, without a choice.
  constructor(experiment, me, onlyTrial = null) {
    Object.assign(this, { experiment, mayTune: me.role !== "viewer", onlyTrial, panels: new Map(), trial: onlyTrial, isShown: false });
    this.tabs = el("div", { class: "row chips", "data-test": "programs" });
    this.place = el("div", {}, loading("Asking which programs can be tuned"));
    this.message = el("p", { class: "muted status-line", role: "status" });
    this.node = el("section", { class: "view" }, onlyTrial === null ? this.tabs : null, this.message, this.place);
    this.reload = throttled(2000, () => this.load());
    this.unsubscribe = experiment.on(update => this.take(update));
  }

  show() {
    this.isShown = true;
    this.load();
  }

  hide() {
    this.isShown = false;
  }

  destroy() {
    this.unsubscribe();
    this.reload.cancel();
  }

  async load() {
    if (!this.isShown) return;
    try {
      const { programs } = await get(experimentPath(this.experiment.name, "/programs"));
      this.setPrograms(this.onlyTrial === null ? programs : programs.filter(program => program.trial === this.onlyTrial));
    } catch (error) {
      setText(this.message, error.message);
    }
  }

  setPrograms(programs) {
    const trials = programs.map(program => program.trial);
    for (const trial of this.panels.keys()) if (!trials.includes(trial)) this.panels.delete(trial);
    for (const program of programs) {
      if (this.panels.has(program.trial)) this.panels.get(program.trial).take(program);
      else this.panels.set(program.trial, new ProgramPanel(this.experiment, program, this.mayTune));
      this.panels.get(program.trial).settle();
    }
    if (!trials.includes(this.trial)) this.trial = trials[0] ?? null;
    const advice = this.mayTune ? "Changes are staged, then applied together." : "You may look, but not change: your role is viewer.";
    setText(this.message, programs.length === 0 ? "No running program can be tuned now." : advice);
    this.draw(trials);
  }

  draw(trials) {
    const open = trial => { this.trial = trial; this.draw(trials); };
    const chip = trial => button(`Trial ${trial}`, "program-choice", () => open(trial), { class: "chip", "data-trial": trial });
    if (trials.join() !== this.drawn) this.tabs.replaceChildren(...trials.map(chip));
    this.drawn = trials.join();
    for (const other of this.tabs.children) other.setAttribute("aria-pressed", String(Number(other.dataset.trial) === this.trial));
    const panel = this.panels.get(this.trial)?.node;
    if (panel !== this.place.firstElementChild) this.place.replaceChildren(...(panel ? [panel] : []));
  }

  take(update) {
    if (!this.isShown) return;
    const ended = [...update.rows].some(row => this.panels.has(row + 1) !== this.experiment.isRunning(row));
    if (ended || update.isReset) this.reload();
    for (const [trial, panel] of this.panels) if (update.rows.has(trial - 1)) panel.setStep(this.experiment.steps[trial - 1]);
    for (const change of update.changes) this.panels.get(change.trial)?.adopt(change);
  }
}
