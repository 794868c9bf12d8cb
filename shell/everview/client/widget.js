/**
 * The base of widgets' page side, for authors: `import { Widget } from "/_everview/widget.js"`.
 * shell/everview/html/widgets/widget.py shows both sides.
 */

/** Name of the DOM event by which a widget asks the page to send something. */
export const FIRE = "everview-fire";

export class Widget {
  /**
   * @param {any} node the widget's element; its attributes and the children that the server gave it
   *   are the server's: append elements of your own for the rest
   * @param {any} data kept up to date in place, with an `update` after each change; not to be changed
   * @param {any} [focused] what had the focus when the node came
   */
  // eslint-disable-next-line no-unused-vars
  constructor(node, data, focused) {
    this.node = node;
    this.data = data;
  }

  /**
   * The data changed.
   * @param {any} data
   * @param {any[] | null} changes what changed, as in docs/protocol.md; null: anything
   */
  // eslint-disable-next-line no-unused-vars
  update(data, changes) {}

  /** The node is gone from the page: let go of timers, observers and listeners elsewhere. */
  destroy() {}

  /**
   * Send an event of the node, if Python declared it (`handle_<name>=` or `events=`).
   * @param {string} name @param {any} [data] what JSON has
   * @param {{quiet?: boolean}} [options] quiet: no person did this, so none is told if it is lost
   * @returns {Promise<any>} when it was handled: what `event.reply(...)` answered; undefined if
   *   nothing, or if the event was lost
   */
  fire(name, data = null, { quiet = false } = {}) {
    return new Promise((resolve) => {
      const detail = { name, data, quiet, resolve };
      this.node.dispatchEvent(new CustomEvent(FIRE, { bubbles: true, detail }));
    });
  }
}
