/**
 * The base class of a widget's object in the page: `import { Widget } from "/_everview/widget.js"`.
 *
 * shell/everview/html/widgets/widget.py has an example with both sides.
 */

/**
 * The name of a DOM event. With this event, a widget requests that the page sends an event to the
 * server.
 */
export const FIRE = "everview-fire";

/**
 * A change of a widget's data, as described in docs/protocol.md.
 * @typedef {object} Change
 * @property {(string | number)[]} [at] path of the changed container
 * @property {any} [all] the new value
 * @property {any} [set] of a dict: new values by key; of a list: pairs of index and value
 * @property {string[]} [del] removed keys of a dict
 * @property {number} [keep] number of items at the start of a list that stay
 * @property {number} [drop] number of items removed from the start of a list
 * @property {any[]} [push] items appended to a list
 */

export class Widget {
  /**
   * @param {HTMLElement} node the widget's element. Do not change its attributes and initial
   *   children, which the server sets; append your own elements to it.
   * @param {any} data the page updates it in place and then calls `update`. Do not change it.
   * @param {HTMLElement | null} [focused] the element that had the focus when the node was added
   */
  // eslint-disable-next-line no-unused-vars
  constructor(node, data, focused) {
    this.node = node;
    this.data = data;
  }

  /**
   * Called after the data changed.
   * @param {any} data
   * @param {Change[] | null} changes null: everything may have changed
   */
  // eslint-disable-next-line no-unused-vars
  update(data, changes) {}

  /** Called after the node was removed: release timers, observers and listeners on other nodes. */
  destroy() {}

  /**
   * Send an event of the node, if Python declared it (`handle_<name>=` or `events=`).
   * @param {string} name
   * @param {any} [data] a JSON value
   * @param {{quiet?: boolean}} [options] quiet: the user did not cause this event, so no notice is
   *   shown if it is lost
   * @returns {Promise<any>} resolves with the value of `event.reply(...)` after the event was handled;
   *   with undefined if there was no reply or the event was lost
   */
  fire(name, data = null, { quiet = false } = {}) {
    return new Promise((resolve) => {
      const detail = { name, data, quiet, resolve };
      this.node.dispatchEvent(new CustomEvent(FIRE, { bubbles: true, detail }));
    });
  }
}
