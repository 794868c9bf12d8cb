/**
 * Find in page. What is found is marked with the CSS Custom Highlight API, which changes nothing in
 * the tree; where an engine has none, the place one is at is selected.
 *
 * Not for: what is in fields, and rows of long tables and logs that are not in the page.
 */

import { make } from "./make.js";
import { t } from "../t.js";

const ALL = "everview-found";
const HERE = "everview-found-here";
/**
 * The page has this only while one looks for something: with a rule for highlights, every element's
 * style takes half as long again, everywhere and always (benchmarks, 10,000 rows).
 */
const MARKS = `
  ::highlight(${ALL}) { background: #ffdf5d; color: #1b1f27; }
  ::highlight(${HERE}) { background: #ff8c1a; color: #1b1f27; }
  @media (forced-colors: active) {
    ::highlight(${ALL}) { background: Mark; color: MarkText; }
    ::highlight(${HERE}) { background: Highlight; color: HighlightText; }
  }`;
/** Marked at most; a page with more of them is a wrong question. */
const MOST = 10_000;
/** Milliseconds between two looks at a page that changes. */
const LOOK = 150;
/** How elements are laid out over which a word goes on. */
const INLINE = new Set(["inline", "inline-block", "contents"]);

export default class Find {
  /** @param {any} commands */
  constructor(commands) {
    this.commands = commands;
    this.root = /** @type {HTMLElement} */ (commands.page.root);
    this.highlights = /** @type {any} */ (CSS).highlights;
    this.marks = new CSSStyleSheet();
    this.marks.replaceSync(MARKS);
    /** @type {Range[]} */
    this.ranges = [];
    this.at = -1;
    /** @type {number | null} where the caret was, if a selection in the page has taken it */
    this.caret = null;
    this.said = make("output", { role: "status" });
    const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ act) => {
      const command = commands.find(id);
      const label = command ? command.label : t("Close");
      return make("button", { type: "button", class: "shell-icon", "aria-label": label, title: command ? commands.titleOf(command) : label, onclick: act }, text);
    };
    this.field = make("input", {
      type: "text", "aria-label": t("Find in page"), placeholder: t("Find in page"), autocomplete: "off", spellcheck: "false",
      oninput: () => this.search(true),
    });
    this.bar = make(
      "div",
      { class: "shell-find", role: "search", "aria-label": t("Find in page"), hidden: true, onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      this.field,
      this.said,
      button("find-previous", "↑", () => this.step(-1)),
      button("find-next", "↓", () => this.step(1)),
      button("", "×", () => this.close()),
    );
    /** @type {any} */ (document.querySelector(".shell-bar")).after(this.bar);
    this.changes = new MutationObserver(() => {
      this.looking ||= window.setTimeout(() => {
        this.looking = 0;
        if (!this.bar.hidden) this.search(false);
      }, LOOK);
    });
  }

  open() {
    const selected = String(getSelection()).trim();
    if (this.bar.hidden) {
      this.before = /** @type {any} */ (document.activeElement);
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
    this.go((this.at + steps + count) % count);
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
  key(event) {
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
   * Look for what is in the field.
   * @param {boolean} isNew go to the first place from here on; else stay where one is
   */
  search(isNew) {
    const here = this.ranges[this.at];
    const [node, offset] = here ? [here.startContainer, here.startOffset] : [null, 0];
    const query = this.field.value;
    this.ranges = query ? this.found(query) : [];
    if (this.highlights) this.highlights.set(ALL, new Highlight(...this.ranges));
    if (isNew) {
      // A longer word is looked for from the same place on.
      this.go(node?.isConnected ? this.after(node, offset) : this.inView());
    } else {
      const same = this.ranges.findIndex((range) => range.startContainer === node && range.startOffset === offset);
      this.at = same >= 0 ? same : Math.min(Math.max(this.at, 0), this.ranges.length - 1);
      this.mark();
    }
  }

  /** @param {Node} node @param {number} offset */
  after(node, offset) {
    return Math.max(0, this.ranges.findIndex((range) => range.comparePoint(node, offset) <= 0));
  }

  /** The first place that is in view, or below it. */
  inView() {
    return Math.max(0, this.ranges.findIndex((range) => range.getBoundingClientRect().top >= 0));
  }

  /** @param {string} query @returns {Range[]} */
  found(query) {
    const pieces = this.pieces();
    const text = pieces.map(({ text }) => text).join("");
    const words = query.trim() ? query.trim().split(/\s+/) : [query];
    const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("\\s+");
    const ranges = [];
    let place = 0;
    for (const { index, 0: { length } } of text.matchAll(new RegExp(pattern, "giu"))) {
      while (pieces[place].end <= index) place++;
      let last = place;
      while (pieces[last].end < index + length) last++;
      const range = document.createRange();
      range.setStart(pieces[place].node, index - pieces[place].start);
      range.setEnd(pieces[last].node, index + length - pieces[last].start);
      ranges.push(range);
      if (ranges.length === MOST) break;
    }
    return ranges;
  }

  /** The texts that are to be seen, in order; a sign that nobody types is between two blocks. */
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
      if (!known.has(parent)) known.set(parent, this.look(parent));
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

  /** @param {Element} element */
  look(element) {
    const visible = element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
    if (!visible || element.closest("textarea, select, [aria-hidden=true]")) return { shown: false, block: element };
    let block = element;
    while (block !== this.root && INLINE.has(getComputedStyle(block).display)) block = /** @type {Element} */ (block.parentElement);
    return { shown: true, block };
  }

  /** @param {number} at */
  go(at) {
    this.at = at;
    this.mark();
    const range = this.ranges[at];
    if (range) reveal(range);
  }

  mark() {
    const range = this.ranges[this.at];
    const count = this.ranges.length;
    this.bar.classList.toggle("shell-find-none", !count && Boolean(this.field.value));
    const text = !this.field.value ? "" : count ? t("{0} of {1}", this.at + 1, count) : t("Not found");
    if (this.said.textContent !== text) this.said.textContent = text;
    if (this.highlights) {
      if (range) this.highlights.set(HERE, Object.assign(new Highlight(range), { priority: 1 }));
      else this.highlights.delete(HERE);
    }
  }

  /** Without highlights: select the place one is at. The caret leaves the field with that. */
  select() {
    const selection = /** @type {Selection} */ (getSelection());
    this.caret ??= this.field.selectionEnd;
    selection.removeAllRanges();
    selection.addRange(this.ranges[this.at]);
  }
}

/** Scroll the window, and what scrolls in it, until the range is in view. @param {Range} range */
function reveal(range) {
  for (let outer = range.startContainer.parentElement; outer; outer = outer.parentElement) {
    if (outer.scrollHeight <= outer.clientHeight || getComputedStyle(outer).overflowY === "visible" || outer === document.documentElement) continue;
    const box = outer.getBoundingClientRect();
    const place = range.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) outer.scrollTop += place.top - box.top - outer.clientHeight / 2;
  }
  const place = range.getBoundingClientRect();
  // Not below the bars, which stay at the top.
  if (place.top < 110 || place.bottom > innerHeight - 20) scrollBy(0, place.top - innerHeight / 2);
}
