/**
 * The page side of `Log`: draws the lines in view, and follows the end if the user wants that.
 *
 * Lines are numbered from the first line that this page had. Lines in view keep their elements, and
 * the user's selection in them, while others are added and removed. New lines are drawn once per
 * animation frame, regardless of their number.
 */

import { t } from "/_everview/t.js";
import { Widget } from "/_everview/widget.js";

/** The height of a line in pixels. log.css has the same value. */
const LINE = 20;
/** The number of lines that are drawn above and below the visible lines. */
const SPARE = 10;
/** Milliseconds between two announcements for screen readers. */
const SPEAK_INTERVAL = 3000;

/** @typedef {{label: string, height: number, lines: string[]}} LogData */

export default class Log extends Widget {
  /** @param {HTMLElement} node @param {LogData} data */
  constructor(node, data) {
    super(node, data);
    /** The number of the first line in the widget's data. */
    this.first = 0;
    this.following = true;
    /** The number after the last line that the user saw before scrolling up. */
    this.seen = 0;
    /** @type {Map<number, HTMLElement>} the lines in the page by number */
    this.drawn = new Map();
    this.view = make("div", "ev-log-view", { role: "log", tabindex: "0", "aria-live": "off" });
    this.space = make("div", "ev-log-space");
    this.moreButton = make("button", "ev-log-more", { type: "button" });
    this.spoken = make("div", "ev-hidden", { role: "status" });
    this.empty = make("div", "ev-log-empty");
    this.empty.textContent = t("No lines yet");
    this.view.append(this.space, this.empty);
    node.append(this.view, this.moreButton, this.spoken);
    this.view.addEventListener("scroll", () => this.handleScroll());
    this.moreButton.addEventListener("click", () => this.follow());
    this.view.addEventListener("keydown", (event) => event.key === "End" && this.follow());
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.view);
    this.update(data, null);
  }

  /** @param {LogData} data @param {import("/_everview/widget.js").Change[] | null} changes */
  update(data, changes) {
    this.view.setAttribute("aria-label", data.label);
    this.view.style.height = `${data.height * LINE}px`;
    if (changes === null) this.restart();
    for (const { at, keep, drop, all } of changes || []) {
      if (at?.[0] !== "lines" && !all) continue;
      // The lines that were drawn may have changed.
      if (keep !== undefined || all) this.restart();
      else if (drop) this.shiftLines(drop);
    }
    this.schedule();
  }

  /** Drop the drawn lines, because other lines may have their numbers now. */
  restart() {
    for (const line of this.drawn.values()) line.remove();
    this.drawn.clear();
    this.seen = Math.min(this.seen, this.first + this.data.lines.length);
  }

  /** Lines were removed from the start. @param {number} count */
  shiftLines(count) {
    this.first += count;
    // The lines that the user reads stay in place.
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
    this.showButton();
  }

  /** Offer to follow the end again, with the number of unseen lines. */
  showButton() {
    const count = this.end - this.seen;
    this.moreButton.hidden = this.following;
    this.moreButton.textContent = count === 1 ? t("1 new line ↓") : count > 0 ? t("{0} new lines ↓", count.toLocaleString()) : t("Follow ↓");
    if (count > 0) this.speak(t("{0} new lines", count));
  }

  /** Announce a text to screen readers, but not too often, because they would read only the log. @param {string} text */
  speak(text) {
    this.next = text;
    this.speaking ||= window.setTimeout(() => {
      this.speaking = 0;
      this.spoken.textContent = this.following ? "" : this.next || "";
    }, SPEAK_INTERVAL);
  }

  handleScroll() {
    const { view } = this;
    if (view.scrollTop !== this.top) {
      const atEnd = view.scrollTop + view.clientHeight >= this.space.offsetHeight - LINE / 2;
      if (this.following && !atEnd) this.seen = this.end;
      // New lines also change the distance to the end. Only scrolling up stops following.
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
