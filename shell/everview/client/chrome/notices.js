/**
 * Short messages in a corner. Those that are not errors go by themselves, unless somebody is at
 * them; all can be read again (the command "Notices").
 *
 * The two regions are there from the start: one that comes with its text is often not read out. They
 * have no roles, so that a view's own status and alert are the only ones of the page.
 */

import { t } from "../t.js";

const SHOWN = 5;
const KEPT = 50;
/** Milliseconds a notice stays. */
const STAY = 6000;

export class Notices {
  /** @param {Promise<any>} styled when their style sheet is there */
  constructor(styled) {
    this.styled = styled;
    /** @type {{text: string, kind: string, time: Date}[]} the last ones, to be read again */
    this.last = [];
    this.area = /** @type {HTMLElement} */ (document.querySelector(".shell-notices"));
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.dismiss(/** @type {HTMLElement} */ (event.target).closest(".shell-notice"));
    });
  }

  /** @param {string} text @param {string} kind */
  async show(text, kind = "info") {
    this.last.push({ text, kind, time: new Date() });
    if (this.last.length > KEPT) this.last.shift();
    await this.styled;
    const isError = kind === "error";
    const notice = document.createElement("div");
    notice.className = `shell-notice ${kind}`;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", t("Dismiss"));
    close.addEventListener("click", () => this.dismiss(notice));
    notice.append(text, close);
    this.area.children[Number(isError)].append(notice);
    const all = [...this.area.querySelectorAll(".shell-notice")];
    // Errors stay as long as there are others that can go.
    if (all.length > SHOWN) (all.find((other) => !other.matches(".error")) || all[0]).remove();
    if (!isError) this.wait(notice);
  }

  /** @param {HTMLElement} notice */
  wait(notice) {
    let timer = 0;
    const stay = () => clearTimeout(timer);
    const go = () => {
      stay();
      if (!notice.matches(":hover, :focus-within")) timer = window.setTimeout(() => notice.remove(), STAY);
    };
    notice.addEventListener("pointerenter", stay);
    notice.addEventListener("focusin", stay);
    notice.addEventListener("pointerleave", go);
    // At the event itself the focus is still there.
    notice.addEventListener("focusout", () => setTimeout(go));
    go();
  }

  /** @param {Element | null} notice */
  dismiss(notice) {
    const hadFocus = notice?.contains(document.activeElement);
    notice?.remove();
    // Who dismisses by keyboard goes on with the next one, then with the view.
    if (hadFocus) /** @type {HTMLElement} */ (this.area.querySelector("button") || document.querySelector("main")).focus();
  }
}
