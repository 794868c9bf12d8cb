/** A dialog of the shell: modal, with a title; Escape closes it, and the focus goes back. */

import { make, newId } from "./make.js";
import { t } from "../t.js";

export class Dialog {
  /** @param {string} title @param {{className?: string, onclose?: () => void}} [options] */
  constructor(title, { className = "", onclose } = {}) {
    const id = newId();
    this.title = make("h2", { id }, title);
    this.body = make("div", { class: "shell-dialog-body" });
    this.buttons = make("div", { class: "row shell-dialog-buttons" });
    this.node = make(
      "dialog",
      {
        class: `shell-dialog ${className}`, "aria-labelledby": id,
        // Said some time after it has closed: another one may be open by then.
        onclose: () => {
          this.node.remove();
          onclose?.();
        },
        // A click beside it, which counts as one on the dialog itself.
        onpointerdown: (/** @type {PointerEvent} */ event) => {
          const box = this.node.getBoundingClientRect();
          const { clientX: x, clientY: y } = event;
          if (event.target === this.node && (x < box.left || x > box.right || y < box.top || y > box.bottom)) this.close();
        },
      },
      this.title,
      this.body,
      this.buttons,
    );
  }

  /** @param {any} [focus] what gets the focus */
  open(focus) {
    document.body.append(this.node);
    this.node.showModal();
    (focus || this.buttons.lastElementChild || this.node).focus();
    return this;
  }

  close() {
    this.node.close();
  }

  get isOpen() {
    return this.node.open;
  }

  /** @param {string} text @param {() => void} act @param {string} [className] */
  button(text, act, className = "") {
    const made = make("button", { type: "button", class: className, onclick: act }, text);
    this.buttons.append(made);
    return made;
  }

  addClose() {
    return this.button(t("Close"), () => this.close());
  }
}
