/**
 * The elements of a table: head, rows, filter, and the attributes for screen readers. Source: ARIA
 * Authoring Practices, "Grid (data)" with aria-activedescendant.
 */

import { t } from "/_everview/t.js";

/** @typedef {{name: string, title: string, width: number, align: string, sortable: boolean}} Column */
/** @typedef {[id: number, cells: string[]]} Row */
/** @typedef {{row: Row | undefined, y: number, active: boolean, selected: boolean}} Shown */
/** @typedef {HTMLElement & {index?: number, row?: Row}} RowElement */

let count = 0;

export class Grid {
  /**
   * @param {HTMLElement} node
   * @param {{columns: Column[], select: string, filter: boolean, label: string}} data
   * @param {{sort: (name: string) => void, filter: (text: string) => void,
   *   click: (index: number, event: MouseEvent) => void, activate: (index: number) => void}} actions
   */
  constructor(node, data, actions) {
    this.id = `ev-table-${++count}`;
    this.columns = data.columns;
    this.actions = actions;
    /** @type {Map<number, RowElement>} rows in the page by index */
    this.drawn = new Map();
    /** @type {RowElement[]} rows that can be reused */
    this.spare = [];
    this.view = make("div", "ev-table-view", { role: "grid", tabindex: "0", "aria-colcount": data.columns.length });
    if (data.select === "many") this.view.setAttribute("aria-multiselectable", "true");
    this.head = make("div", "ev-table-head", { role: "row", "aria-rowindex": 1 });
    this.layer = make("div", "ev-table-layer", { role: "rowgroup" });
    this.filler = make("div", "ev-table-space", { role: "presentation" });
    this.view.append(this.head, this.layer, this.filler);
    this.countText = make("output", "");
    node.append(this.makeBar(data), this.view);
    this.makeHead();
    this.width = data.columns.reduce((sum, column) => sum + column.width, 0);
    for (const part of [this.head, this.layer, this.filler]) part.style.minWidth = `${this.width}px`;
  }

  /** @param {{filter: boolean, label: string}} data */
  makeBar(data) {
    const bar = make("div", "ev-table-bar");
    if (data.filter) {
      const field = /** @type {HTMLInputElement} */ (make("input", "", { type: "search", placeholder: t("Filter"), maxlength: 200 }));
      field.setAttribute("aria-label", t("Filter {0}", data.label));
      field.addEventListener("input", () => this.actions.filter(field.value.trim()));
      bar.append(field);
    }
    bar.append(this.countText);
    return bar;
  }

  makeHead() {
    this.columns.forEach((column, index) => {
      const cell = make("div", column.align, { role: "columnheader", "aria-colindex": index + 1 });
      setWidth(cell, column, index === this.columns.length - 1);
      cell.title = column.title;
      if (column.sortable) {
        const button = make("button", "", { type: "button" });
        button.textContent = column.title;
        button.addEventListener("click", () => this.actions.sort(column.name));
        cell.setAttribute("aria-sort", "none");
        cell.append(button);
      } else cell.textContent = column.title;
      this.head.append(cell);
    });
  }

  /** @param {string} label */
  setLabel(label) {
    this.view.setAttribute("aria-label", label);
  }

  /** Show in the head how the rows are sorted. @param {[name: string, isDescending: boolean] | null} sort */
  setSort(sort) {
    [...this.head.children].forEach((cell, index) => {
      if (!cell.hasAttribute("aria-sort")) return;
      const mine = sort !== null && sort[0] === this.columns[index].name;
      cell.setAttribute("aria-sort", mine ? (sort[1] ? "descending" : "ascending") : "none");
    });
  }

  /** @param {number} height of all rows @param {number} shown height of the view */
  setSpace(height, shown) {
    this.layer.style.height = `${shown}px`;
    this.layer.style.marginBottom = `${-shown}px`;
    this.filler.style.height = `${height}px`;
  }

  /** @param {{total: number, text: string}} rows that match the filter @param {number} all */
  setCount(rows, all) {
    const { total, text } = rows;
    const count = text ? t("{0} of {1} rows", total.toLocaleString(), all.toLocaleString()) : t("{0} rows", total.toLocaleString());
    if (this.countText.textContent !== count) this.countText.textContent = count;
    this.view.setAttribute("aria-rowcount", String(total + 1));
  }

  /** @param {number} from @param {number} to @param {(index: number) => Shown} describe */
  draw(from, to, describe) {
    for (const [index, element] of this.drawn) {
      if (index < from || index >= to) {
        this.drawn.delete(index);
        this.spare.push(element);
      }
    }
    let active = "";
    for (let index = from; index < to; index++) {
      const element = this.drawn.get(index) || this.addRow(index);
      const shown = describe(index);
      this.write(element, shown);
      if (shown.active) active = element.id;
    }
    for (const element of this.spare) element.remove();
    if (active) this.view.setAttribute("aria-activedescendant", active);
    else this.view.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  addRow(index) {
    const element = this.spare.pop() || this.makeRow();
    this.drawn.set(index, element);
    element.index = index;
    element.id = `${this.id}-${index}`;
    element.setAttribute("aria-rowindex", String(index + 2));
    if (!element.isConnected) this.layer.append(element);
    return element;
  }

  makeRow() {
    /** @type {RowElement} */
    const row = make("div", "ev-table-row", { role: "row" });
    this.columns.forEach((column, index) => {
      const cell = make("div", column.align, { role: "gridcell", "aria-colindex": index + 1 });
      setWidth(cell, column, index === this.columns.length - 1);
      row.append(cell);
    });
    row.addEventListener("click", (event) => this.actions.click(row.index ?? 0, event));
    row.addEventListener("dblclick", () => this.actions.activate(row.index ?? 0));
    return row;
  }

  /** @param {RowElement} element @param {Shown} shown */
  write(element, { row, y, active, selected }) {
    element.style.transform = `translateY(${y}px)`;
    element.classList.toggle("waiting", !row);
    element.classList.toggle("active", active);
    if (element.getAttribute("aria-selected") !== String(selected)) element.setAttribute("aria-selected", String(selected));
    if (element.row === row && row) return;
    element.row = row;
    [...element.children].forEach((cell, index) => {
      const text = row ? row[1][index] : index ? "" : "…";
      if (cell.textContent !== text) cell.textContent = text;
    });
  }
}

/** @param {HTMLElement} cell @param {Column} column @param {boolean} isLast the last column fills the width */
function setWidth(cell, column, isLast) {
  cell.style.width = `${column.width}px`;
  if (isLast) cell.style.flex = `1 0 ${column.width}px`;
}

/** @param {string} tag @param {string} name @param {Record<string, string | number>} [attributes] */
function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const key in attributes) element.setAttribute(key, String(attributes[key]));
  return element;
}
