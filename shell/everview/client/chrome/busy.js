/** Marks the elements whose event is being handled, as a hook for styles: `data-pending`. */

import { isField } from "../replica/fields.js";

export class Busy {
  /** @param {{link: any, tree: any}} page */
  constructor({ link, tree }) {
    this.link = link;
    this.tree = tree;
    /** @type {Set<any>} */
    this.marked = new Set();
  }

  /** The elements whose events were not acknowledged. */
  waiting() {
    const { document, nodes } = this.tree;
    const events = this.link.pending.filter((/** @type {any} */ event) => event.document === document);
    return new Set(events.map((/** @type {any} */ event) => nodes.get(event.node)));
  }

  mark() {
    for (const element of this.waiting()) {
      if (!element || isField(element)) continue;
      element.setAttribute("data-pending", "");
      this.marked.add(element);
    }
  }

  /** Some events were acknowledged. */
  unmark() {
    if (!this.marked.size) return;
    const waiting = this.waiting();
    for (const element of this.marked) {
      if (waiting.has(element)) continue;
      element.removeAttribute("data-pending");
      this.marked.delete(element);
    }
  }
}
