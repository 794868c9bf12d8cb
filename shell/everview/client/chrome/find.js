/**
 * Find in page. Matches are marked with the CSS Custom Highlight API, which does not change the
 * document. In engines without it, the current match is selected.
 *
 * The search does not find texts in fields. In long tables and logs it finds only the rows that
 * are in the page.
 */

import { make } from "./make.js";
import { t } from "../t.js";

const ALL = "everview-found";
const HERE = "everview-found-here";
/**
 * The page has this style sheet only during a search, because a rule for highlights slows down the
 * style computation of every element by half (benchmarks, 10,000 rows).
 */
const MARKS = `
  ::highlight(${ALL}) { background: #ffdf5d; color: #1b1f27; }
  ::highlight(${HERE}) { background: #ff8c1a; color: #1b1f27; }
  @media (forced-colors: active) {
    ::highlight(${ALL}) { background: Mark; color: MarkText; }
    ::highlight(${HERE}) { background: Highlight; color: HighlightText; }
  }`;
/** Maximum number of matches that are marked. */
const MAX_MATCHES = 10_000;
/** Minimum time between two searches in a page that changes, in milliseconds. */
const SEARCH_INTERVAL = 150;
/** An element with one of these values of `display` does not end a word. */
const INLINE = new Set(["inline", "inline-block", "contents"]);

export default class Find {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    this.root = commands.page.root;
    /** @type {HighlightRegistry | undefined} */
    this.highlights = CSS.highlights;
    this.marks = new CSSStyleSheet();
    this.marks.replaceSync(MARKS);
    /** @type {Range[]} the matches */
    this.ranges = [];
    /** The index of the current match. */
    this.index = -1;
    /** @type {number | null} the position of the caret in the field, if a selection in the page replaced it */
    this.caret = null;
    this.countText = make("output", { role: "status" });
    const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ action) => {
      const command = commands.find(id);
      const label = command ? command.label : t("Close");
      return make("button", { type: "button", class: "shell-icon", "aria-label": label, title: command ? commands.titleOf(command) : label, onclick: action }, text);
    };
    this.field = make("input", {
      type: "text", "aria-label": t("Find in page"), placeholder: t("Find in page"), autocomplete: "off", spellcheck: "false",
      oninput: () => this.search(true),
    });
    this.bar = make(
      "div",
      { class: "shell-find", role: "search", "aria-label": t("Find in page"), hidden: true, onkeydown: (/** @type {KeyboardEvent} */ event) => this.handleKey(event) },
      this.field,
      this.countText,
      button("find-previous", "↑", () => this.step(-1)),
      button("find-next", "↓", () => this.step(1)),
      button("", "×", () => this.close()),
    );
    /** @type {HTMLElement} */ (document.querySelector(".shell-bar")).after(this.bar);
    this.changes = new MutationObserver(() => {
      this.timer ||= window.setTimeout(() => {
        this.timer = 0;
        if (!this.bar.hidden) this.search(false);
      }, SEARCH_INTERVAL);
    });
  }

  open() {
    const selected = String(getSelection()).trim();
    if (this.bar.hidden) {
      this.before = /** @type {HTMLElement | null} */ (document.activeElement);
      this.bar.hidden = false;
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.marks];
      this.changes.observe(this.root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden", "class", "style", "open"] });
    }
    if (selected && selected.length < 100 && !selected.includes("\n")) this.field.value = selected;
    this.field.focus();
    this.field.select();
    this.search(true);
  }

  /** @param {number} steps */
  step(steps) {
    if (this.bar.hidden) {
      this.open();
      if (!this.field.value) return;
    }
    const count = this.ranges.length;
    if (!count) return;
    this.go((this.index + steps + count) % count);
    if (!this.highlights) this.select();
  }

  close() {
    this.changes.disconnect();
    const hadFocus = this.bar.contains(document.activeElement);
    this.bar.hidden = true;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.marks);
    this.highlights?.delete(ALL);
    this.highlights?.delete(HERE);
    this.ranges = [];
    if (hadFocus) (this.before?.isConnected && this.before !== document.body ? this.before : this.root).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.field) this.step(event.shiftKey ? -1 : 1);
    else {
      if (this.caret !== null && event.key !== "Tab") this.field.setSelectionRange(this.caret, this.caret);
      this.caret = null;
      return;
    }
    event.preventDefault();
  }

  /**
   * Search for the text in the field.
   * @param {boolean} isNew go to the next match; otherwise stay at the current match
   */
  search(isNew) {
    const here = this.ranges[this.index];
    const [node, offset] = here ? [here.startContainer, here.startOffset] : [null, 0];
    const query = this.field.value;
    this.ranges = query ? this.matches(query) : [];
    if (this.highlights) this.highlights.set(ALL, new Highlight(...this.ranges));
    if (isNew) {
      // The search for a longer word starts at the current match.
      this.go(node?.isConnected ? this.firstAfter(node, offset) : this.firstInView());
    } else {
      const same = this.ranges.findIndex((range) => range.startContainer === node && range.startOffset === offset);
      this.index = same >= 0 ? same : Math.min(Math.max(this.index, 0), this.ranges.length - 1);
      this.mark();
    }
  }

  /** @param {Node} node @param {number} offset */
  firstAfter(node, offset) {
    return Math.max(0, this.ranges.findIndex((range) => range.comparePoint(node, offset) <= 0));
  }

  /** The index of the first match in view or below the view. */
  firstInView() {
    return Math.max(0, this.ranges.findIndex((range) => range.getBoundingClientRect().top >= 0));
  }

  /** @param {string} query @returns {Range[]} */
  matches(query) {
    const pieces = this.pieces();
    const text = pieces.map(({ text }) => text).join("");
    const words = query.trim() ? query.trim().split(/\s+/) : [query];
    const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("\\s+");
    const ranges = [];
    let first = 0;
    for (const { index, 0: { length } } of text.matchAll(new RegExp(pattern, "giu"))) {
      while (pieces[first].end <= index) first++;
      let last = first;
      while (pieces[last].end < index + length) last++;
      const range = document.createRange();
      range.setStart(pieces[first].node, index - pieces[first].start);
      range.setEnd(pieces[last].node, index + length - pieces[last].start);
      ranges.push(range);
      if (ranges.length === MAX_MATCHES) break;
    }
    return ranges;
  }

  /** The visible texts in order. A NUL separates two blocks, because users cannot type it. */
  pieces() {
    const found = [];
    const walker = document.createTreeWalker(this.root, NodeFilter.SHOW_TEXT);
    /** @type {Map<Element, {shown: boolean, block: Element}>} */
    const known = new Map();
    let end = 0;
    /** @type {Element | null} */
    let block = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = /** @type {Element} */ (node.parentElement);
      if (!known.has(parent)) known.set(parent, this.placeOf(parent));
      const place = /** @type {{shown: boolean, block: Element}} */ (known.get(parent));
      if (!place.shown || !node.nodeValue) continue;
      if (block && place.block !== block && found.length) {
        found[found.length - 1].text += "\0";
        end = ++found[found.length - 1].end;
      }
      block = place.block;
      const start = end;
      end += node.nodeValue.length;
      found.push({ node, text: node.nodeValue, start, end });
    }
    return found;
  }

  /** Whether the texts of an element are visible, and its block. @param {Element} element */
  placeOf(element) {
    const visible = element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
    if (!visible || element.closest("textarea, select, [aria-hidden=true]")) return { shown: false, block: element };
    let block = element;
    while (block !== this.root && INLINE.has(getComputedStyle(block).display)) block = /** @type {Element} */ (block.parentElement);
    return { shown: true, block };
  }

  /** Make a match the current one. @param {number} index */
  go(index) {
    this.index = index;
    this.mark();
    const range = this.ranges[index];
    if (range) reveal(range);
  }

  /** Mark the current match and show its number. */
  mark() {
    const range = this.ranges[this.index];
    const count = this.ranges.length;
    this.bar.classList.toggle("shell-find-none", !count && Boolean(this.field.value));
    const text = !this.field.value ? "" : count ? t("{0} of {1}", this.index + 1, count) : t("Not found");
    if (this.countText.textContent !== text) this.countText.textContent = text;
    if (this.highlights) {
      if (range) this.highlights.set(HERE, Object.assign(new Highlight(range), { priority: 1 }));
      else this.highlights.delete(HERE);
    }
  }

  /** Select the current match in an engine without highlights. This moves the caret out of the search field. */
  select() {
    const selection = /** @type {Selection} */ (getSelection());
    this.caret ??= this.field.selectionEnd;
    selection.removeAllRanges();
    selection.addRange(this.ranges[this.index]);
  }
}

/** Scroll the range into view, in the window and in scrolling elements around it. @param {Range} range */
function reveal(range) {
  for (let outer = range.startContainer.parentElement; outer; outer = outer.parentElement) {
    if (outer.scrollHeight <= outer.clientHeight || getComputedStyle(outer).overflowY === "visible" || outer === document.documentElement) continue;
    const box = outer.getBoundingClientRect();
    const place = range.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) outer.scrollTop += place.top - box.top - outer.clientHeight / 2;
  }
  const place = range.getBoundingClientRect();
  // Scroll further, because the bars at the top of the window cover the range.
  if (place.top < 110 || place.bottom > innerHeight - 20) scrollBy(0, place.top - innerHeight / 2);
}
