/** Copies texts to the clipboard. */

import { make } from "./make.js";
import { t } from "../t.js";

/**
 * If the clipboard of the engine does not answer within this number of milliseconds, the older
 * method of copying is tried. The older method works only shortly after a click or key.
 */
const TIMEOUT = 500;

export default class Clipboard {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.notices = commands.notices;
  }

  /** @param {string} text */
  async copy(text) {
    let done = true;
    try {
      await Promise.race([navigator.clipboard.writeText(text), new Promise((_, fail) => setTimeout(fail, TIMEOUT))]);
    } catch {
      // The engine has no clipboard for pages, or refuses access without a click or key. Qt waits for
      // a permission that it never requests.
      done = this.copySelected(text);
    }
    if (done) this.notices.show(t("Copied."));
    else this.notices.show(t("Could not copy: {0}", text), "error");
  }

  /** Copy with the method of older engines. @param {string} text */
  copySelected(text) {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    const field = make("textarea", { class: "shell-spoken", readonly: true });
    field.value = text;
    // While a dialog is open, only fields inside it can have the focus.
    (document.querySelector("dialog.shell-dialog[open]") || document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus?.({ preventScroll: true });
    return done;
  }
}
