/** The widget of tests/browser/test_widget_api.py: records the calls of its methods. */

import { Widget } from "/_everview/widget.js";

export default class Probe extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    /** @type {any} */ (window).probes ||= [];
    /** @type {any} */ (window).probes.push(this);
    this.calls = [["constructor", structuredClone(data), getComputedStyle(node).color]];
  }

  /** @param {any} data @param {any[] | null} changes */
  update(data, changes) {
    this.calls.push(["update", structuredClone(data), structuredClone(changes)]);
    if (data.fails) throw new Error("this widget fails");
  }

  destroy() {
    this.calls.push(["destroy", this.node.isConnected]);
  }
}
