/**
 * The page side of `Log`: the lines in view, and whether the end is followed.
 *
 * Lines are numbered from the first that this page ever had, so that those in view keep their
 * elements (and what a person has selected in them) while others come and go. What comes is drawn
 * once per animation frame, whatever the number of lines.
 */

import { t } from "/_everview/t.js";
import { Widget } from "/_everview/widget.js";

/** Height of a line in pixels, as in log.css. */
const LINE = 20;
/** Lines drawn above and below those in view. */
const SPARE = 10;
/** Milliseconds between two sentences for screen readers. */
const SPEAK = 3000;

export default class Log extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    /** Number of the first line of the data. */
    this.first = 0;
    this.following = true;
    /** Number of the line up to which a person who scrolled up has seen them. */
    this.seen = 0;
    /** @type {Map<number, HTMLElement>} the lines in the page, by number */
    this.drawn = new Map();
    this.view = make("div", "ev-log-view", { role: "log", tabindex: "0", "aria-live": "off" });
    this.space = make("div", "ev-log-space");
    this.more = make("button", "ev-log-more", { type: "button" });
    this.spoken = make("div", "ev-hidden", { role: "status" });
    this.empty = make("div", "ev-log-empty");
    this.empty.textContent = t("Nothing yet");
    this.view.append(this.space, this.empty);
    node.append(this.view, this.more, this.spoken);
    this.view.addEventListener("scroll", () => this.scrolled());
    this.more.addEventListener("click", () => this.follow());
    this.view.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "End" && this.follow());
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.view);
    this.update(data, null);
  }

  /** @param {any} data @param {any[] | null} changes */
  update(data, changes) {
    this.view.setAttribute("aria-label", data.label);
    this.view.style.height = `${data.height * LINE}px`;
    if (changes === null) this.restart();
    for (const { at, keep, drop, all } of changes || []) {
      if (at?.[0] !== "lines" && !all) continue;
      // Lines that are not those that were drawn.
      if (keep !== undefined || all) this.restart();
      else if (drop) this.dropped(drop);
    }
    this.schedule();
  }

  /** The lines are others now. */
  restart() {
    for (const line of this.drawn.values()) line.remove();
    this.drawn.clear();
    this.seen = Math.min(this.seen, this.first + this.data.lines.length);
  }

  /** @param {number} count lines went from the head */
  dropped(count) {
    this.first += count;
    // What a person reads stays where it is.
    if (!this.following) this.shift = (this.shift || 0) + count;
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  get end() {
    return this.first + this.data.lines.length;
  }

  draw() {
    this.frame = 0;
    const { view, data, first } = this;
    const count = data.lines.length;
    this.space.style.height = `${count * LINE}px`;
    this.empty.hidden = count > 0;
    if (this.following) {
      view.scrollTop = count * LINE;
      this.seen = this.end;
    } else if (this.shift) {
      view.scrollTop = Math.max(0, view.scrollTop - this.shift * LINE);
    }
    this.shift = 0;
    this.top = view.scrollTop;
    const from = Math.max(0, Math.floor(this.top / LINE) - SPARE);
    const to = Math.min(count, Math.ceil((this.top + view.clientHeight) / LINE) + SPARE);
    for (const [number, line] of this.drawn) {
      if (number < first + from || number >= first + to) {
        line.remove();
        this.drawn.delete(number);
      }
    }
    const added = document.createDocumentFragment();
    for (let index = from; index < to; index++) {
      let line = this.drawn.get(first + index);
      if (!line) {
        line = make("div", "ev-log-line");
        line.textContent = data.lines[index];
        this.drawn.set(first + index, line);
        added.append(line);
      }
      line.style.top = `${index * LINE}px`;
    }
    this.space.append(added);
    this.offer();
  }

  offer() {
    const count = this.end - this.seen;
    this.more.hidden = this.following;
    this.more.textContent = count === 1 ? t("1 new line ↓") : count > 0 ? t("{0} new lines ↓", count.toLocaleString()) : t("Follow ↓");
    if (count > 0) this.speak(t("{0} new lines", count));
  }

  /** Now and then: a screen reader would read out nothing but the log. @param {string} text */
  speak(text) {
    this.next = text;
    this.speaking ||= window.setTimeout(() => {
      this.speaking = 0;
      this.spoken.textContent = this.following ? "" : this.next || "";
    }, SPEAK);
  }

  scrolled() {
    const { view } = this;
    if (view.scrollTop !== this.top) {
      const atEnd = view.scrollTop + view.clientHeight >= this.space.offsetHeight - LINE / 2;
      if (this.following && !atEnd) this.seen = this.end;
      // Lines that came meanwhile move the end away from who follows it; only going up is leaving.
      this.following = atEnd || (this.following && view.scrollTop > (this.top || 0));
    }
    this.schedule();
  }

  follow() {
    this.following = true;
    this.view.focus({ preventScroll: true });
    this.schedule();
  }

  destroy() {
    cancelAnimationFrame(this.frame || 0);
    clearTimeout(this.speaking);
    this.sizes.disconnect();
  }
}

/** @param {string} tag @param {string} name @param {Record<string, string>} [attributes] */
function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}
