/**
 * The page side of `Popup`: keeps the focus in it, and gives it back. Source: ARIA Authoring
 * Practices, "Dialog (modal)".
 */

import { Widget } from "/_everview/widget.js";

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** What the shell shows over a view has the focus when it is asked for. @param {any} target */
const isShells = (target) => target.closest?.("dialog.shell-dialog, .shell-find, .shell-notices");

export default class Popup extends Widget {
  /** @param {any} node @param {any} data @param {any} focused */
  constructor(node, data, focused) {
    super(node, data);
    this.before = focused;
    this.onkey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    this.onfocus = (/** @type {FocusEvent} */ event) => this.focused(event);
    document.addEventListener("keydown", this.onkey);
    document.addEventListener("focusin", this.onfocus);
    // The view may have put the focus in it already.
    if (!node.contains(document.activeElement)) (node.querySelector("[autofocus]") || this.reachable[0])?.focus();
  }

  /** @returns {any[]} */
  get reachable() {
    return [...this.node.querySelectorAll(FOCUSABLE)].filter((element) => element.getClientRects().length);
  }

  /** Of several pop-ups, the last one is in front. */
  get isTop() {
    const all = document.querySelectorAll(".popup-back");
    return all[all.length - 1] === this.node;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Tab" || !this.isTop || isShells(event.target)) return;
    const { reachable } = this;
    const at = reachable.indexOf(document.activeElement);
    const last = reachable.length - 1;
    if (at > 0 && at < last) return;
    if (at === 0 && !event.shiftKey && last > 0) return;
    if (at === last && event.shiftKey && last > 0) return;
    event.preventDefault();
    reachable[event.shiftKey ? last : 0]?.focus();
  }

  /** @param {FocusEvent} event */
  focused(event) {
    const target = /** @type {any} */ (event.target);
    if (!this.isTop || this.node.contains(target) || target.closest(".popup-back") || isShells(target)) return;
    this.reachable[0]?.focus();
  }

  destroy() {
    document.removeEventListener("keydown", this.onkey);
    document.removeEventListener("focusin", this.onfocus);
    const before = /** @type {any} */ (this.before);
    // Only if nobody has taken it meanwhile: a frame removed the button that had it.
    if (before?.isConnected && (document.activeElement === document.body || !document.activeElement)) before.focus();
  }
}
