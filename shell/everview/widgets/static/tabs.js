/**
 * The page side of `Tabs`. Source: ARIA Authoring Practices, "Tabs with automatic activation".
 *
 * Hidden panels have an attribute that the server never sets. A snapshot removes it; the `update`
 * that follows a snapshot sets it again.
 */

import { Widget } from "/_everview/widget.js";

let count = 0;

/** @typedef {{titles: string[], label: string, selected: number, turn: number}} TabsData */

export default class Tabs extends Widget {
  /** @param {HTMLElement} node @param {TabsData} data */
  constructor(node, data) {
    super(node, data);
    this.id = `ev-tabs-${++count}`;
    this.selected = data.selected;
    this.turn = data.turn;
    this.list = document.createElement("div");
    this.list.className = "ev-tabs-list";
    this.list.setAttribute("role", "tablist");
    this.list.addEventListener("click", (event) => this.handleClick(/** @type {Element} */ (event.target)));
    this.list.addEventListener("keydown", (event) => this.handleKey(event));
    // The Tab key reaches the list before the panels.
    node.prepend(this.list);
    this.update(data);
  }

  /** @param {TabsData} data */
  update(data) {
    if (data.turn !== this.turn) {
      this.turn = data.turn;
      this.selected = data.selected;
    }
    this.selected = Math.max(0, Math.min(this.selected, data.titles.length - 1));
    if (data.label) this.list.setAttribute("aria-label", data.label);
    while (this.list.childElementCount > data.titles.length) this.list.lastElementChild?.remove();
    while (this.list.childElementCount < data.titles.length) this.list.append(this.makeTab());
    this.show();
  }

  makeTab() {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.id = `${this.id}-${this.list.childElementCount}`;
    return tab;
  }

  /** The children of the node that the server sent. */
  get panels() {
    return [...this.node.children].filter((child) => child !== this.list);
  }

  show() {
    const tabs = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const { panels } = this;
    tabs.forEach((tab, index) => {
      const on = index === this.selected;
      if (tab.textContent !== this.data.titles[index]) tab.textContent = this.data.titles[index];
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      panels[index]?.toggleAttribute("data-ev-off", !on);
      panels[index]?.setAttribute("aria-labelledby", tab.id);
    });
  }

  /** @param {number} index @param {boolean} [focus] */
  choose(index, focus = false) {
    if (index !== this.selected) {
      this.selected = index;
      this.show();
      this.fire("select", { index });
    }
    if (focus) /** @type {HTMLElement} */ (this.list.children[index])?.focus();
  }

  /** @param {Element} target */
  handleClick(target) {
    const index = [...this.list.children].findIndex((tab) => tab.contains(target));
    if (index >= 0) this.choose(index);
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const count = this.data.titles.length;
    const to = {
      ArrowRight: (this.selected + 1) % count,
      ArrowLeft: (this.selected + count - 1) % count,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.choose(to, true);
  }
}
