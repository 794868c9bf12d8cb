/** The widget of tests/browser/test_widgets.py: notes what happens to it. */

import { Widget } from "/_everview/widget.js";

export default class Probe extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    /** @type {any} */ (window).probes ||= [];
    /** @type {any} */ (window).probes.push(this);
    this.told = [["constructor", structuredClone(data), getComputedStyle(node).color]];
  }

  /** @param {any} data @param {any[] | null} changes */
  update(data, changes) {
    this.told.push(["update", structuredClone(data), structuredClone(changes)]);
    if (data.fails) throw new Error("this widget fails");
  }

  destroy() {
    this.told.push(["destroy", this.node.isConnected]);
  }
}
