/**
 * The page side of `VirtualTable`: draws the rows in view and requests missing ones.
 *
 * The rows are in a layer that stays in view while the space below it scrolls, so the view is never
 * empty, even during fast scrolling. Browsers limit the height of an element to about 16 million
 * pixels. A taller table gets a smaller scroll area. The wheel and the keys still move it by rows
 * (`moveTo`).
 */

import { Widget } from "/_everview/widget.js";
import { Grid } from "./table_grid.js";
import { Rows } from "./table_rows.js";

/** The heights of a row and of the head in pixels. virtual_table.css has the same values. */
const ROW = 28;
const HEAD = 32;
/** The greatest height in pixels of the area that scrolls. */
const MAX_HEIGHT = 4_000_000;
/** Milliseconds from the last typed letter until the filter is applied. */
const DELAY = 200;

/**
 * @typedef {object} TableData
 * @property {string} label
 * @property {number} height in rows
 * @property {import("./table_grid.js").Column[]} columns
 * @property {string} select "", "one" or "many"
 * @property {boolean} filter
 * @property {number} total
 * @property {number} version counts the changes of the rows
 * @property {import("./table_rows.js").Row[]} first the first rows
 */

export default class VirtualTable extends Widget {
  /** @param {HTMLElement} node @param {TableData} data */
  constructor(node, data) {
    super(node, data);
    /** The scroll position of the rows in pixels, which can exceed the height of the scroll area. */
    this.top = 0;
    this.active = 0;
    /** @type {Set<number>} ids of selected rows */
    this.selected = new Set();
    this.rows = new Rows((range) => this.fire("rows", range, { quiet: true }), () => this.schedule());
    this.grid = new Grid(node, data, {
      sort: (name) => this.sort(name),
      filter: (text) => this.filter(text),
      click: (index, event) => this.handleClick(index, event),
      activate: (index) => this.activate(index),
    });
    const { view } = this.grid;
    view.addEventListener("scroll", () => this.handleScroll());
    view.addEventListener("wheel", (event) => this.handleWheel(event), { passive: false });
    view.addEventListener("keydown", (event) => this.handleKey(event));
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(view);
    this.update(data);
  }

  /** @param {TableData} data */
  update(data) {
    this.grid.setLabel(data.label);
    this.grid.view.style.height = `${HEAD + data.height * ROW + 2}px`;
    this.rows.setData(data);
    this.schedule();
  }

  get height() {
    return Math.max(0, this.grid.view.clientHeight - HEAD);
  }

  /** The largest scroll position of the rows, which can exceed `maxScroll`. */
  get maxTop() {
    return Math.max(0, this.rows.total * ROW - this.height);
  }

  /** The largest scroll position of the scroll area, whose height is at most `MAX_HEIGHT`. */
  get maxScroll() {
    return Math.max(0, Math.min(MAX_HEIGHT, this.rows.total * ROW) - this.height);
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { rows, grid, height } = this;
    grid.setSpace(Math.min(MAX_HEIGHT, rows.total * ROW), height);
    this.top = Math.min(this.top, this.maxTop);
    this.active = Math.max(0, Math.min(this.active, rows.total - 1));
    this.align();
    const from = Math.floor(this.top / ROW);
    const to = Math.min(rows.total, Math.ceil((this.top + height) / ROW));
    rows.setView(from, to);
    grid.draw(from, to, (index) => ({
      row: rows.get(index),
      y: index * ROW - this.top,
      active: index === this.active,
      selected: this.isSelected(index),
    }));
    grid.setCount(rows, this.data.total);
  }

  /** @param {number} index */
  isSelected(index) {
    const row = this.rows.get(index);
    return row !== undefined && this.selected.has(row[0]);
  }

  /** Move the scroll bar to `top`. */
  align() {
    const { view } = this.grid;
    const position = this.maxScroll < this.maxTop ? (this.top / this.maxTop) * this.maxScroll : this.top;
    if (Math.abs(view.scrollTop - position) >= 1) view.scrollTop = position;
    /** @type {number} the scroll position that this widget has set or seen last */
    this.scrollTop = view.scrollTop;
  }

  handleScroll() {
    const { scrollTop } = this.grid.view;
    if (scrollTop === this.scrollTop) return;
    this.scrollTop = scrollTop;
    this.top = this.maxScroll < this.maxTop ? (scrollTop / this.maxScroll) * this.maxTop : scrollTop;
    this.schedule();
  }

  /** @param {WheelEvent} event */
  handleWheel(event) {
    if (this.maxScroll === this.maxTop || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    const unit = [1, ROW, this.height][event.deltaMode];
    this.moveTo(this.top + event.deltaY * unit);
  }

  /** @param {number} top */
  moveTo(top) {
    this.top = Math.max(0, Math.min(top, this.maxTop));
    this.schedule();
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    if (event.target !== this.grid.view || event.altKey) return;
    const page = Math.max(1, Math.floor(this.height / ROW) - 1);
    const last = this.rows.total - 1;
    const to = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) this.go(to);
    else if (event.key === " ") this.choose(this.active, event.ctrlKey || event.metaKey || this.data.select === "many");
    else if (event.key === "Enter") this.activate(this.active);
    else return;
    event.preventDefault();
  }

  /** Make a row the active one and scroll it into view. @param {number} index */
  go(index) {
    this.active = Math.max(0, Math.min(index, this.rows.total - 1));
    const y = this.active * ROW;
    if (y < this.top) this.moveTo(y);
    else if (y + ROW > this.top + this.height) this.moveTo(y + ROW - this.height);
    this.schedule();
  }

  /** @param {number} index @param {MouseEvent} event */
  handleClick(index, event) {
    this.active = index;
    this.choose(index, event.ctrlKey || event.metaKey);
  }

  /** @param {number} index @param {boolean} isAdded whether the other rows stay selected */
  choose(index, isAdded) {
    const row = this.rows.get(index);
    this.schedule();
    if (!row || !this.data.select) return;
    const wasSelected = this.selected.has(row[0]);
    if (!isAdded || this.data.select === "one") this.selected.clear();
    if (wasSelected && isAdded) this.selected.delete(row[0]);
    else this.selected.add(row[0]);
    this.fire("select", { ids: [...this.selected] });
  }

  /** @param {number} index */
  activate(index) {
    const row = this.rows.get(index);
    if (row) this.fire("activate", { id: row[0] });
  }

  /** @param {string} name */
  sort(name) {
    this.rows.sortBy(name);
    this.grid.setSort(this.rows.sort);
    this.reset();
  }

  /** @param {string} text */
  filter(text) {
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => {
      this.rows.filterBy(text);
      this.reset();
    }, DELAY);
  }

  reset() {
    this.active = 0;
    this.moveTo(0);
  }

  destroy() {
    cancelAnimationFrame(this.frame || 0);
    clearTimeout(this.typing);
    this.rows.end();
    this.sizes.disconnect();
  }
}
