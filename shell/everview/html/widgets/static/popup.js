/**
 * The page side of `Popup`: keeps the focus inside the dialog and restores it afterwards. Source:
 * ARIA Authoring Practices, "Dialog (modal)".
 */

import { Widget } from "/_everview/widget.js";

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** Whether `target` is in a dialog of the shell, which may take the focus. @param {EventTarget | null} target */
const isOfShell = (target) => target instanceof Element && target.closest("dialog.shell-dialog, .shell-find, .shell-notices");

export default class Popup extends Widget {
  /** @param {HTMLElement} node @param {object} data @param {HTMLElement | null} focused the element that had the focus before */
  constructor(node, data, focused) {
    super(node, data);
    this.before = focused;
    this.onkey = (/** @type {KeyboardEvent} */ event) => this.handleKey(event);
    this.onfocus = (/** @type {FocusEvent} */ event) => this.handleFocus(event);
    document.addEventListener("keydown", this.onkey);
    document.addEventListener("focusin", this.onfocus);
    // The view may have already focused an element inside the dialog.
    if (node.contains(document.activeElement)) return;
    const first = /** @type {HTMLElement | null} */ (node.querySelector("[autofocus]"));
    (first || this.focusable[0])?.focus();
  }

  /** The elements in the dialog that the Tab key can focus. @returns {HTMLElement[]} */
  get focusable() {
    const found = /** @type {NodeListOf<HTMLElement>} */ (this.node.querySelectorAll(FOCUSABLE));
    return [...found].filter((element) => element.getClientRects().length);
  }

  /** Whether this pop-up is in front, which means that it is the last one in the document. */
  get isTop() {
    const all = document.querySelectorAll(".popup-back");
    return all[all.length - 1] === this.node;
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    if (event.key !== "Tab" || !this.isTop || isOfShell(event.target)) return;
    const { focusable } = this;
    const index = focusable.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const last = focusable.length - 1;
    if (index > 0 && index < last) return;
    if (index === 0 && !event.shiftKey && last > 0) return;
    if (index === last && event.shiftKey && last > 0) return;
    event.preventDefault();
    focusable[event.shiftKey ? last : 0]?.focus();
  }

  /** @param {FocusEvent} event */
  handleFocus(event) {
    const target = /** @type {Element} */ (event.target);
    if (!this.isTop || this.node.contains(target) || target.closest(".popup-back") || isOfShell(target)) return;
    this.focusable[0]?.focus();
  }

  destroy() {
    document.removeEventListener("keydown", this.onkey);
    document.removeEventListener("focusin", this.onfocus);
    const { before } = this;
    // Do not change the focus if the user or the view moved it. It is on the body if a frame removed
    // the element with the focus.
    if (before?.isConnected && (document.activeElement === document.body || !document.activeElement)) before.focus();
  }
}
