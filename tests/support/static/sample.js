/** The widget of tests/support/mutations.py. The widget creates its own element, and frames must
 * not change that element. */

import { Widget } from "/_everview/widget.js";

export default class Sample extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    this.own = document.createElement("output");
    node.prepend(this.own);
    this.update(data);
  }

  /** @param {any} data */
  update(data) {
    this.own.textContent = JSON.stringify(data);
  }

  destroy() {
    this.own.remove();
  }
}
