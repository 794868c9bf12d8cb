/**
 * Short messages in a corner. Notices that are not errors disappear after some time, unless they have
 * the pointer or the focus. The command "Last notices" shows them again.
 *
 * The two live regions are part of the page: screen readers often ignore a region that is added
 * together with its text. The regions have no roles, so that only elements of the view have the
 * roles status and alert.
 */

import { t } from "../t.js";

/** Maximum number of notices that are shown at the same time. */
const MAX_SHOWN = 5;
/** Maximum number of notices that are stored for the command "Last notices". */
const MAX_STORED = 50;
/** Milliseconds until a notice disappears. */
const DURATION = 6000;

export class Notices {
  /** @param {Promise<unknown>} styled resolves when the style sheet of notices is loaded */
  constructor(styled) {
    this.styled = styled;
    /** @type {{text: string, kind: string, time: Date}[]} the last notices, which can be read again */
    this.last = [];
    this.area = /** @type {HTMLElement} */ (document.querySelector(".shell-notices"));
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.dismiss(/** @type {HTMLElement} */ (event.target).closest(".shell-notice"));
    });
  }

  /** @param {string} text @param {string} kind */
  async show(text, kind = "info") {
    this.last.push({ text, kind, time: new Date() });
    if (this.last.length > MAX_STORED) this.last.shift();
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
    // Remove notices that are not errors first.
    if (all.length > MAX_SHOWN) (all.find((other) => !other.matches(".error")) || all[0]).remove();
    if (!isError) this.removeLater(notice);
  }

  /** @param {HTMLElement} notice */
  removeLater(notice) {
    let timer = 0;
    const stay = () => clearTimeout(timer);
    const leave = () => {
      stay();
      if (!notice.matches(":hover, :focus-within")) timer = window.setTimeout(() => notice.remove(), DURATION);
    };
    notice.addEventListener("pointerenter", stay);
    notice.addEventListener("focusin", stay);
    notice.addEventListener("pointerleave", leave);
    // During the event, the notice still has the focus.
    notice.addEventListener("focusout", () => setTimeout(leave));
    leave();
  }

  /** @param {Element | null} notice */
  dismiss(notice) {
    const hadFocus = notice?.contains(document.activeElement);
    notice?.remove();
    // The focus moves to the next notice, or to the view if there is none.
    if (hadFocus) /** @type {HTMLElement} */ (this.area.querySelector("button") || document.querySelector("main")).focus();
  }
}
