/**
 * The page side of `Tree`. The items are a flat list, and each item has a level. Only one item is
 * in the tab order. When the data changes, items are updated in place, by id.
 * Source: ARIA Authoring Practices, "Tree View".
 */

import { Widget } from "/_everview/widget.js";

/** Letters typed within this time, in milliseconds, are combined into one search text. */
const TYPING_TIME = 600;
/** The indentation of one level of the tree, in rem. */
const INDENT = 1.1;

/** @typedef {{id?: string, label: string, open?: boolean, lazy?: boolean, children?: Item[]}} Item */
/** @typedef {{id: string, path: number[], item: Item, level: number, position: number, count: number}} Shown */

export default class Tree extends Widget {
  /** @param {HTMLElement} node @param {{label: string, items: Item[]}} data */
  constructor(node, data) {
    super(node, data);
    /** @type {Map<string, boolean>} items that the user opened or closed in this window, by id */
    this.opened = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.elements = new Map();
    /** @type {Shown[]} the visible items from the top */
    this.shown = [];
    this.active = "";
    this.selected = "";
    this.word = "";
    this.list = document.createElement("div");
    this.list.className = "ev-tree-list";
    this.list.setAttribute("role", "tree");
    this.list.addEventListener("click", (event) => this.handleClick(/** @type {Element} */ (event.target)));
    this.list.addEventListener("keydown", (event) => this.handleKey(event));
    node.append(this.list);
    this.update(data);
  }

  /** @param {{label: string}} data */
  update(data) {
    this.list.setAttribute("aria-label", data.label);
    this.draw();
  }

  /** @param {Shown} shown */
  isOpen({ id, item }) {
    return this.opened.get(id) ?? Boolean(item.open);
  }

  /** @param {Item} item */
  canOpen(item) {
    return Boolean(item.children?.length || item.lazy);
  }

  /** @param {Item[]} items @param {number[]} parent path @param {Shown[]} found */
  collect(items, parent, found) {
    items.forEach((item, position) => {
      const path = [...parent, position];
      const shown = { id: item.id ?? path.join("."), path, item, level: path.length, position, count: items.length };
      found.push(shown);
      if (item.children && this.isOpen(shown)) this.collect(item.children, path, found);
    });
    return found;
  }

  draw() {
    const focused = this.list.contains(document.activeElement);
    this.shown = this.collect(this.data.items, [], []);
    if (!this.shown.some(({ id }) => id === this.active)) this.active = this.shown[0]?.id ?? "";
    const ids = new Set(this.shown.map(({ id }) => id));
    for (const [id, element] of this.elements) {
      if (ids.has(id)) continue;
      element.remove();
      this.elements.delete(id);
    }
    /** @type {Element | null} */
    let last = null;
    for (const shown of this.shown) {
      const element = this.elements.get(shown.id) || this.make(shown.id);
      /** @type {Node | null} */
      const following = last ? last.nextSibling : this.list.firstChild;
      if (following !== element) this.list.insertBefore(element, following);
      this.write(element, shown);
      last = element;
    }
    if (focused) this.elements.get(this.active)?.focus();
  }

  /** @param {string} id */
  make(id) {
    const element = document.createElement("div");
    element.className = "ev-tree-item";
    element.setAttribute("role", "treeitem");
    element.append("");
    this.elements.set(id, element);
    return element;
  }

  /** @param {HTMLElement} element @param {Shown} shown */
  write(element, shown) {
    const { id, item, level, position, count } = shown;
    const text = /** @type {Text} */ (element.firstChild);
    if (text.data !== item.label) text.data = String(item.label);
    element.style.paddingLeft = `${(level - 1) * INDENT + 0.4}rem`;
    element.tabIndex = id === this.active ? 0 : -1;
    element.setAttribute("aria-level", String(level));
    element.setAttribute("aria-posinset", String(position + 1));
    element.setAttribute("aria-setsize", String(count));
    element.setAttribute("aria-selected", String(id === this.selected));
    if (this.canOpen(item)) element.setAttribute("aria-expanded", String(this.isOpen(shown)));
    else element.removeAttribute("aria-expanded");
  }

  /** @param {Shown} shown @param {boolean} open */
  open(shown, open) {
    if (!this.canOpen(shown.item) || this.isOpen(shown) === open) return;
    this.opened.set(shown.id, open);
    this.draw();
    if (open) this.fire("open", { id: shown.id, path: shown.path });
  }

  /** @param {Shown | undefined} shown */
  go(shown) {
    if (!shown) return;
    this.active = shown.id;
    this.draw();
    this.elements.get(shown.id)?.focus();
  }

  /** @param {Shown} shown */
  select(shown) {
    this.selected = this.active = shown.id;
    this.draw();
    this.fire("select", { id: shown.id, path: shown.path });
  }

  /** @param {Element} target */
  handleClick(target) {
    const element = target.closest("[role=treeitem]");
    const shown = this.shown.find(({ id }) => this.elements.get(id) === element);
    if (!shown) return;
    this.go(shown);
    if (this.canOpen(shown.item)) this.open(shown, !this.isOpen(shown));
    this.select(shown);
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const { shown } = this;
    const index = shown.findIndex(({ id }) => id === this.active);
    const here = shown[index];
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    const isOpen = this.canOpen(here.item) && this.isOpen(here);
    if (event.key === "ArrowDown") this.go(shown[index + 1]);
    else if (event.key === "ArrowUp") this.go(shown[index - 1]);
    else if (event.key === "Home") this.go(shown[0]);
    else if (event.key === "End") this.go(shown[shown.length - 1]);
    else if (event.key === "ArrowRight") {
      if (!isOpen) this.open(here, true);
      else if (shown[index + 1]?.level > here.level) this.go(shown[index + 1]);
    } else if (event.key === "ArrowLeft") {
      if (isOpen) this.open(here, false);
      else this.go(shown.slice(0, index).findLast(({ level }) => level < here.level));
    } else if (event.key === "Enter" || event.key === " ") this.select(here);
    else if (event.key === "*") this.openAll(here);
    else if (event.key.length === 1) this.find(event.key, index);
    else return;
    event.preventDefault();
  }

  /** Open the item and its siblings. @param {Shown} here */
  openAll(here) {
    const parent = here.path.slice(0, -1).join(".");
    for (const shown of this.shown.filter(({ path }) => path.slice(0, -1).join(".") === parent)) this.open(shown, true);
  }

  /** Move to the next item that starts with the typed letters. @param {string} letter @param {number} index */
  find(letter, index) {
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => (this.word = ""), TYPING_TIME);
    this.word += letter.toLowerCase();
    const from = this.word.length > 1 ? index : index + 1;
    const order = [...this.shown.slice(from), ...this.shown.slice(0, from)];
    this.go(order.find(({ item }) => String(item.label).toLowerCase().startsWith(this.word)));
  }

  destroy() {
    clearTimeout(this.typing);
  }
}
