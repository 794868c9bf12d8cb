/** A modal dialog of the shell with a title. Escape closes it; the focus then returns to the earlier element. */

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
        // The close event arrives some time after closing. Another dialog may be open by then.
        onclose: () => {
          this.node.remove();
          onclose?.();
        },
        // A click outside the dialog also has the dialog as its target.
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

  /** @param {HTMLElement} [focus] the element that gets the focus */
  open(focus) {
    document.body.append(this.node);
    this.node.showModal();
    (focus || /** @type {HTMLElement | null} */ (this.buttons.lastElementChild) || this.node).focus();
    return this;
  }

  close() {
    this.node.close();
  }

  get isOpen() {
    return this.node.open;
  }

  /** @param {string} text @param {() => void} action @param {string} [className] */
  button(text, action, className = "") {
    const button = make("button", { type: "button", class: className, onclick: action }, text);
    this.buttons.append(button);
    return button;
  }

  addClose() {
    return this.button(t("Close"), () => this.close());
  }
}
