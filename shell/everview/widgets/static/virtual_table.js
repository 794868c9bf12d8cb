/**
 * The page side of `VirtualTable`: draws the rows in view, asks for those it does not have.
 *
 * The rows are in a layer that stays in view while the space below it scrolls, so there is never an
 * empty stretch, whatever the speed. Browsers end at some 16 million pixels of height; a table that
 * is higher gets less space, and the wheel and the keys move it by rows all the same (`moveTo`).
 */

import { Widget } from "/_everview/widget.js";
import { Grid } from "./table_grid.js";
import { Rows } from "./table_rows.js";

/** Heights in pixels, as in virtual_table.css. */
const ROW = 28;
const HEAD = 32;
/** Highest space to scroll in. */
const MOST = 4_000_000;
/** Milliseconds after the last letter before the filter is applied. */
const DELAY = 200;

export default class VirtualTable extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    /** How far the rows are scrolled, in pixels as if there were room for all. */
    this.top = 0;
    this.active = 0;
    /** @type {Set<number>} ids of selected rows */
    this.selected = new Set();
    this.rows = new Rows((range) => this.fire("rows", range, { quiet: true }), () => this.schedule());
    this.grid = new Grid(node, data, {
      sort: (name) => this.sort(name),
      filter: (text) => this.filter(text),
      click: (index, event) => this.click(index, event),
      activate: (index) => this.activate(index),
    });
    const { view } = this.grid;
    view.addEventListener("scroll", () => this.scrolled());
    view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    view.addEventListener("keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(view);
    this.update(data);
  }

  /** @param {any} data */
  update(data) {
    this.grid.label(data.label);
    this.grid.view.style.height = `${HEAD + data.height * ROW + 2}px`;
    this.rows.changed(data);
    this.schedule();
  }

  get height() {
    return Math.max(0, this.grid.view.clientHeight - HEAD);
  }

  /** How far the rows can be scrolled. */
  get farthest() {
    return Math.max(0, this.rows.total * ROW - this.height);
  }

  /** How far the space can be: less, if there is no room for all rows. */
  get room() {
    return Math.max(0, Math.min(MOST, this.rows.total * ROW) - this.height);
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { rows, grid, height } = this;
    grid.space(Math.min(MOST, rows.total * ROW), height);
    this.top = Math.min(this.top, this.farthest);
    this.active = Math.max(0, Math.min(this.active, rows.total - 1));
    this.align();
    const from = Math.floor(this.top / ROW);
    const to = Math.min(rows.total, Math.ceil((this.top + height) / ROW));
    rows.want(from, to);
    grid.draw(from, to, (index) => ({
      row: rows.get(index),
      y: index * ROW - this.top,
      active: index === this.active,
      selected: this.selected.has(rows.get(index)?.[0]),
    }));
    grid.count(rows, this.data.total);
  }

  /** Put the scroll bar where `top` says. */
  align() {
    const { view } = this.grid;
    const place = this.room < this.farthest ? (this.top / this.farthest) * this.room : this.top;
    if (Math.abs(view.scrollTop - place) >= 1) view.scrollTop = place;
    this.placed = view.scrollTop;
  }

  scrolled() {
    const { scrollTop } = this.grid.view;
    if (scrollTop === this.placed) return;
    this.placed = scrollTop;
    this.top = this.room < this.farthest ? (scrollTop / this.room) * this.farthest : scrollTop;
    this.schedule();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (this.room === this.farthest || event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    const unit = [1, ROW, this.height][event.deltaMode];
    this.moveTo(this.top + event.deltaY * unit);
  }

  /** @param {number} top */
  moveTo(top) {
    this.top = Math.max(0, Math.min(top, this.farthest));
    this.schedule();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
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

  /** Make a row the active one, in view. @param {number} index */
  go(index) {
    this.active = Math.max(0, Math.min(index, this.rows.total - 1));
    const y = this.active * ROW;
    if (y < this.top) this.moveTo(y);
    else if (y + ROW > this.top + this.height) this.moveTo(y + ROW - this.height);
    this.schedule();
  }

  /** @param {number} index @param {MouseEvent} event */
  click(index, event) {
    this.active = index;
    this.choose(index, event.ctrlKey || event.metaKey);
  }

  /** @param {number} index @param {boolean} more whether the others stay selected */
  choose(index, more) {
    const row = this.rows.get(index);
    this.schedule();
    if (!row || !this.data.select) return;
    const was = this.selected.has(row[0]);
    if (!more || this.data.select === "one") this.selected.clear();
    if (was && more) this.selected.delete(row[0]);
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
    this.grid.sorted(this.rows.sort);
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
