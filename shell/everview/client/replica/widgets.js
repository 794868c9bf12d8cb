/**
 * The widgets of a page: keeps their data, makes their classes, and tells these what changed.
 *
 * This comes with the first widget, or the first file that a class brought along. The data is kept
 * from the first frame on, whether or not the widget's own module is there yet. An error in a
 * widget's class is reported and ends nothing but that call.
 */

import { applyChanges } from "./data.js";
import { link, load, styled } from "./files.js";
import { FIRE } from "../widget.js";

export class Widgets {
  /**
   * @param {HTMLElement} root
   * @param {(name: string, node: any, data: any) => number | undefined} send sends an event where it
   *   is declared, returns its number
   * @param {(error: any) => void} report
   */
  constructor(root, send, report) {
    this.report = report;
    /** @type {Map<number, {resolve: (answer: any) => void, quiet: boolean}>} who waits for an event */
    this.waiting = new Map();
    root.addEventListener(FIRE, (/** @type {any} */ { target, detail }) => {
      const number = send(detail.name, target, detail.data);
      if (number === undefined) detail.resolve();
      else this.waiting.set(number, detail);
    });
  }

  /** Link what the classes of the document brought along. @param {string[]} urls */
  link(urls) {
    link(urls, this.report);
  }

  /** The answer to an event. @param {number} number @param {any} data */
  answer(number, data) {
    this.waiting.get(number)?.resolve(data);
    this.waiting.delete(number);
  }

  /** Whether nobody did what the event says. @param {number} number */
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
   * What a frame says of a widget: `{module, data}`, a list of changes, or null: it is gone.
   * @param {any} node @param {any} value @param {Element | null} focused what had the focus then
   */
  set(node, value, focused) {
    // What the page put there before this came has no data yet.
    const held = node.$widget && "data" in node.$widget ? node.$widget : null;
    if (value === null) {
      node.$widget = undefined;
      this.call(held, "destroy");
    } else if (Array.isArray(value)) {
      applyChanges(held, value);
      if (held.object) held.object.data = held.data;
      this.call(held, "update", held.data, value);
    } else if (held) {
      held.data = value.data;
      if (held.object) held.object.data = held.data;
      this.call(held, "update", held.data, null);
    } else {
      node.$widget = { data: value.data, object: null, focused };
      this.make(node, node.$widget, value.module).catch(this.report);
    }
  }

  /** @param {any} node @param {any} held @param {string} module */
  async make(node, held, module) {
    const { default: Class } = await load(module);
    await styled();
    // It may have gone while its module came.
    if (node.$widget === held) held.object = new Class(node, held.data, held.focused);
    held.focused = null;
  }

  /** @param {any} held @param {string} method @param {...any} values */
  call(held, method, ...values) {
    try {
      held?.object?.[method]?.(...values);
    } catch (error) {
      this.report(error);
    }
  }
}
