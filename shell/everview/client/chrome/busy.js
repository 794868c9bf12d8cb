/** Sets the attribute `data-pending` on elements with an unhandled event, for style sheets. */

import { isField } from "../replica/fields.js";

export class Busy {
  /** @param {{link: import("../replica/link.js").Link, replica: import("../replica/replica.js").Replica}} page */
  constructor({ link, replica }) {
    this.link = link;
    this.replica = replica;
    /** @type {Set<Element>} */
    this.marked = new Set();
  }

  /** The elements whose events the server has not acknowledged yet. */
  waiting() {
    const { document, nodes } = this.replica;
    const events = this.link.pending.filter((event) => event.document === document);
    return new Set(events.map((event) => nodes.get(event.node)));
  }

  /** Called some time after an event was sent. */
  mark() {
    for (const element of this.waiting()) {
      if (!element || isField(element)) continue;
      element.setAttribute("data-pending", "");
      this.marked.add(element);
    }
  }

  /** Called after some events were acknowledged. */
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
