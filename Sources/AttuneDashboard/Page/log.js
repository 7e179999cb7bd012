// A trial's output: the last 64 KiB of a stream, asked for again while the trial runs.

import { experimentPath, getText } from "./api.js";
import { checkbox, choice, el, labelled, setText } from "./dom.js";

const INTERVAL = 2000;

export class LogView {
  /// - isRunning: a function; a log that cannot grow any more is not asked for again.
  constructor(experiment, trial, attempts, isRunning) {
    Object.assign(this, { experiment, trial, isRunning, stream: "stdout", attempt: attempts.at(-1) ?? 1, isFollowing: true, isOpen: true });
    this.text = el("pre", { class: "log", tabindex: "0", role: "log", "aria-live": "off", "aria-label": "Output", "data-test": "log" });
    this.message = el("span", { class: "problem", role: "status" });
    const streams = choice(
      ["stdout", "stderr"],
      this.stream,
      stream => { this.stream = stream; this.poll(); },
      { "data-test": "log-stream" },
    );
    const numbers = choice(
      attempts.length > 0 ? attempts : [1],
      this.attempt,
      attempt => { this.attempt = attempt; this.poll(); },
      { "data-test": "log-attempt" },
    );
    const follow = checkbox("Follow", "log-follow", true, isFollowing => { this.isFollowing = isFollowing; this.scroll(); });
    this.node = el("section", { class: "card" }, el("h2", { text: "Log" }),
      el("div", { class: "row toolbar" }, labelled("Stream", streams), labelled("Attempt", numbers),
        follow, this.message), this.text);
    this.poll();
  }

  destroy() {
    this.isOpen = false;
    clearTimeout(this.timer);
  }

  async poll() {
    clearTimeout(this.timer);
    const { stream, attempt } = this;
    try {
      const text = await getText(experimentPath(this.experiment.name, `/trials/${this.trial}/log?attempt=${attempt}&stream=${stream}`));
      if (!this.isOpen || stream !== this.stream || attempt !== this.attempt) return;
      setText(this.message, "");
      if (this.text.textContent !== (text || "(nothing printed)")) { this.text.textContent = text || "(nothing printed)"; this.scroll(); }
    } catch (error) {
      setText(this.message, error.message);
    }
    clearTimeout(this.timer);
    if (this.isOpen && this.isRunning()) this.timer = setTimeout(() => this.poll(), INTERVAL);
  }

  scroll() {
    if (this.isFollowing) this.text.scrollTop = this.text.scrollHeight;
  }
}
