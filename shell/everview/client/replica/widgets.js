/**
 * Manages the widgets of a page: stores their data, creates their objects, and calls the objects
 * after changes.
 *
 * This module is loaded with the first widget or the first file that a class declares. While the
 * module of a widget is loading, its data is already stored and updated. An error in a widget's
 * class is reported and ends only that call.
 */

import { applyChanges } from "./data.js";
import { link, load, styled } from "./files.js";
import { FIRE } from "../widget.js";

/** @typedef {import("../widget.js").Change} Change */
/** @typedef {import("../widget.js").Widget} Widget */
/** @typedef {{data: any, object: Widget | null, focused: HTMLElement | null}} State of a widget */
/** @typedef {HTMLElement & {$widget?: State | {data?: undefined}}} WidgetNode */

export class Widgets {
  /**
   * @param {HTMLElement} root
   * @param {(name: string, node: HTMLElement, data: any) => number | undefined} send sends an event if
   *   it is declared, and returns its number
   * @param {(error: unknown) => void} report
   */
  constructor(root, send, report) {
    this.report = report;
    /** @type {Map<number, {resolve: (answer?: any) => void, quiet: boolean}>} events without an answer, by number */
    this.waiting = new Map();
    root.addEventListener(FIRE, (event) => {
      const { target, detail } = /** @type {CustomEvent} */ (event);
      const number = send(detail.name, /** @type {HTMLElement} */ (target), detail.data);
      if (number === undefined) detail.resolve();
      else this.waiting.set(number, detail);
    });
  }

  /** Link the files that the classes of the document declare. @param {string[]} urls */
  link(urls) {
    link(urls, this.report);
  }

  /** Deliver the answer to an event. @param {number} number @param {any} data */
  answer(number, data) {
    this.waiting.get(number)?.resolve(data);
    this.waiting.delete(number);
  }

  /** True if the event was sent by the widget, not caused by the user. @param {number} number */
  isQuiet(number) {
    return this.waiting.get(number)?.quiet || false;
  }

  /** All events up to this number were handled. @param {number} number */
  acknowledged(number) {
    for (const [event, { resolve }] of this.waiting) {
      if (event > number) break;
      this.waiting.delete(event);
      resolve(undefined);
    }
  }

  /**
   * Apply the part of a frame for one widget.
   * @param {WidgetNode} node
   * @param {{module: string, data: any} | Change[] | null} value null: the node was removed
   * @param {HTMLElement | null} focused the element that had the focus when the frame was applied
   */
  set(node, value, focused) {
    // Before this module is loaded, main.js sets `$widget` to an object without data.
    const state = node.$widget && "data" in node.$widget ? /** @type {State} */ (node.$widget) : null;
    if (value === null) {
      node.$widget = undefined;
      this.call(() => state?.object?.destroy?.());
    } else if (Array.isArray(value)) {
      if (!state) throw new Error("the changed widget has no data");
      applyChanges(state, value);
      this.update(state, value);
    } else if (state) {
      state.data = value.data;
      this.update(state, null);
    } else {
      /** @type {State} */
      const added = { data: value.data, object: null, focused };
      node.$widget = added;
      this.make(node, added, value.module).catch(this.report);
    }
  }

  /** @param {WidgetNode} node @param {State} state @param {string} module */
  async make(node, state, module) {
    const { default: WidgetClass } = await load(module);
    await styled();
    // The node may have been removed while its module was loading.
    if (node.$widget === state) state.object = new WidgetClass(node, state.data, state.focused);
    state.focused = null;
  }

  /** @param {State} state @param {Change[] | null} changes */
  update({ object, data }, changes) {
    if (!object) return;
    object.data = data;
    this.call(() => object.update?.(data, changes));
  }

  /** @param {() => void} method of a widget */
  call(method) {
    try {
      method();
    } catch (error) {
      this.report(error);
    }
  }
}
