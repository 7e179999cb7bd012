// Follows an experiment's events: reconnects with the last cursor, and hands over what came once a frame.

import { experimentPath, openStream } from "./api.js";

const DELAY_FIRST = 500, DELAY_LAST = 5000;
const SILENCE_LIMIT = 40000; // the server speaks at least every 15 s

export class LiveFeed {
  constructor(name, cursor, { onNews, onReset, onState }) {
    Object.assign(this, { name, cursor, onNews, onReset, onState });
    this.queue = [];
    this.isScheduled = false;
    this.isStopped = false;
    this.delay = DELAY_FIRST;
  }

  async run() {
    this.onState("connecting");
    while (!this.isStopped) {
      try {
        await this.follow();
      } catch (error) {
        if (!this.isStopped) console.debug("attune: the event stream broke:", error.message);
      }
      if (this.isStopped) return;
      this.onState("lost");
      await new Promise(resolve => setTimeout(resolve, this.delay));
      this.delay = Math.min(DELAY_LAST, this.delay * 2);
    }
  }

  stop() {
    this.isStopped = true;
    this.queue = [];
    this.controller?.abort();
    clearTimeout(this.watchdog);
  }

  async follow() {
    this.controller = new AbortController();
    this.watch();
    const reader = await openStream(experimentPath(this.name, `/events?after=${this.cursor}`), this.controller.signal);
    const decoder = new TextDecoder();
    let text = "";
    this.onState("live");
    while (!this.isStopped) {
      const { done, value } = await reader.read();
      if (done) return;
      this.watch();
      this.delay = DELAY_FIRST;
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      text = blocks.pop();
      blocks.forEach(block => this.take(parseEvent(block)));
    }
  }

  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.controller.abort(), SILENCE_LIMIT);
  }

  take({ event, data, id }) {
    if (event === "reset") {
      this.stop();
      this.onReset();
    }
    if (event !== "news" || this.isStopped) return;
    const news = JSON.parse(data);
    const cursor = Number(id ?? news.cursor);
    if (cursor <= this.cursor) return; // told again after a reconnect: each report counts once
    this.cursor = cursor;
    this.queue.push(news);
    this.schedule();
  }

  /// A hidden tab gets no frames; there a timer keeps the queue short.
  schedule() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    if (document.hidden) setTimeout(() => this.flush(), 1000);
    else requestAnimationFrame(() => this.flush());
  }

  flush() {
    this.isScheduled = false;
    const batch = this.queue;
    this.queue = [];
    if (batch.length > 0 && !this.isStopped) this.onNews(batch);
  }
}

export function parseEvent(block) {
  const answer = { event: "message", data: "", id: null };
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const field = line.slice(0, colon), value = line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") answer.data += (answer.data ? "\n" : "") + value;
    else if (field === "event" || field === "id") answer[field] = value;
  }
  return answer;
}
