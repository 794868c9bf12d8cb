/**
 * The elements of a table: head, rows, filter, what screen readers are told. Source: ARIA Authoring
 * Practices, "Grid (data)" with aria-activedescendant.
 */

import { t } from "/_everview/t.js";

let numbers = 0;

export class Grid {
  /**
   * @param {any} node @param {any} data
   * @param {{sort: (name: string) => void, filter: (text: string) => void,
   *   click: (index: number, event: MouseEvent) => void, activate: (index: number) => void}} does
   */
  constructor(node, data, does) {
    this.id = `ev-table-${++numbers}`;
    this.columns = data.columns;
    this.does = does;
    /** @type {Map<number, any>} rows in the page, by place */
    this.drawn = new Map();
    /** @type {any[]} rows that can be used again */
    this.spare = [];
    this.view = make("div", "ev-table-view", { role: "grid", tabindex: "0", "aria-colcount": data.columns.length });
    if (data.select === "many") this.view.setAttribute("aria-multiselectable", "true");
    this.head = make("div", "ev-table-head", { role: "row", "aria-rowindex": 1 });
    this.layer = make("div", "ev-table-layer", { role: "rowgroup" });
    this.filler = make("div", "ev-table-space", { role: "presentation" });
    this.view.append(this.head, this.layer, this.filler);
    this.counted = make("output", "");
    node.append(this.makeBar(data), this.view);
    this.makeHead();
    this.width = data.columns.reduce((/** @type {number} */ sum, /** @type {any} */ column) => sum + column.width, 0);
    for (const part of [this.head, this.layer, this.filler]) part.style.minWidth = `${this.width}px`;
  }

  /** @param {any} data */
  makeBar(data) {
    const bar = make("div", "ev-table-bar");
    if (data.filter) {
      const field = /** @type {HTMLInputElement} */ (make("input", "", { type: "search", placeholder: t("Filter"), maxlength: 200 }));
      field.setAttribute("aria-label", t("Filter {0}", data.label));
      field.addEventListener("input", () => this.does.filter(field.value.trim()));
      bar.append(field);
    }
    bar.append(this.counted);
    return bar;
  }

  makeHead() {
    this.columns.forEach((/** @type {any} */ column, /** @type {number} */ index) => {
      const cell = make("div", column.align, { role: "columnheader", "aria-colindex": index + 1 });
      size(cell, column, index === this.columns.length - 1);
      cell.title = column.title;
      if (column.sortable) {
        const button = make("button", "", { type: "button" });
        button.textContent = column.title;
        button.addEventListener("click", () => this.does.sort(column.name));
        cell.setAttribute("aria-sort", "none");
        cell.append(button);
      } else cell.textContent = column.title;
      this.head.append(cell);
    });
  }

  /** @param {string} label */
  label(label) {
    this.view.setAttribute("aria-label", label);
  }

  /** @param {[string, boolean] | null} sort */
  sorted(sort) {
    [...this.head.children].forEach((cell, index) => {
      if (!cell.hasAttribute("aria-sort")) return;
      const mine = sort !== null && sort[0] === this.columns[index].name;
      cell.setAttribute("aria-sort", mine ? (sort[1] ? "descending" : "ascending") : "none");
    });
  }

  /** @param {number} height of all rows @param {number} shown of the view */
  space(height, shown) {
    this.layer.style.height = `${shown}px`;
    this.layer.style.marginBottom = `${-shown}px`;
    this.filler.style.height = `${height}px`;
  }

  /** @param {any} rows @param {number} all */
  count(rows, all) {
    const { total, text } = rows;
    const said = text ? t("{0} of {1} rows", total.toLocaleString(), all.toLocaleString()) : t("{0} rows", total.toLocaleString());
    if (this.counted.textContent !== said) this.counted.textContent = said;
    this.view.setAttribute("aria-rowcount", String(total + 1));
  }

  /** @param {number} from @param {number} to @param {(index: number) => any} look */
  draw(from, to, look) {
    for (const [index, element] of this.drawn) {
      if (index < from || index >= to) {
        this.drawn.delete(index);
        this.spare.push(element);
      }
    }
    let active = "";
    for (let index = from; index < to; index++) {
      const element = this.drawn.get(index) || this.take(index);
      const shown = look(index);
      this.write(element, index, shown);
      if (shown.active) active = element.id;
    }
    for (const element of this.spare) element.remove();
    if (active) this.view.setAttribute("aria-activedescendant", active);
    else this.view.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  take(index) {
    const element = this.spare.pop() || this.makeRow();
    this.drawn.set(index, element);
    element.index = index;
    element.id = `${this.id}-${index}`;
    element.setAttribute("aria-rowindex", String(index + 2));
    if (!element.isConnected) this.layer.append(element);
    return element;
  }

  makeRow() {
    /** @type {any} */
    const row = make("div", "ev-table-row", { role: "row" });
    this.columns.forEach((/** @type {any} */ column, /** @type {number} */ index) => {
      const cell = make("div", column.align, { role: "gridcell", "aria-colindex": index + 1 });
      size(cell, column, index === this.columns.length - 1);
      row.append(cell);
    });
    row.addEventListener("click", (/** @type {MouseEvent} */ event) => this.does.click(row.index, event));
    row.addEventListener("dblclick", () => this.does.activate(row.index));
    return row;
  }

  /** @param {any} element @param {number} index @param {any} shown */
  write(element, index, { row, y, active, selected }) {
    element.style.transform = `translateY(${y}px)`;
    element.classList.toggle("waiting", !row);
    element.classList.toggle("active", active);
    if (element.getAttribute("aria-selected") !== String(selected)) element.setAttribute("aria-selected", String(selected));
    if (element.row === row && row) return;
    element.row = row;
    for (let cell = element.firstChild, at = 0; cell; cell = cell.nextSibling, at++) {
      const text = row ? row[1][at] : at ? "" : "…";
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}

/** @param {HTMLElement} cell @param {any} column @param {boolean} last takes what is left */
function size(cell, column, last) {
  cell.style.width = `${column.width}px`;
  if (last) cell.style.flex = `1 0 ${column.width}px`;
}

/** @param {string} tag @param {string} name @param {Record<string, any>} [attributes] */
function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}
