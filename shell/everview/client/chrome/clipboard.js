/** Texts for the clipboard. */

import { make } from "./make.js";
import { t } from "../t.js";

/** Milliseconds that the engine has. The older way works only while a click or key is fresh. */
const PATIENCE = 500;

export default class Clipboard {
  /** @param {any} commands */
  constructor(commands) {
    this.notices = commands.notices;
  }

  /** @param {string} text */
  async copy(text) {
    let done = true;
    try {
      await Promise.race([navigator.clipboard.writeText(text), new Promise((_, fail) => setTimeout(fail, PATIENCE))]);
    } catch {
      // No person's key or click is behind it, or the engine has no clipboard for pages, or (Qt's) it
      // waits for a permission that nobody is asked for.
      done = this.copySelected(text);
    }
    if (done) this.notices.show(t("Copied."));
    else this.notices.show(t("This cannot be copied here: {0}", text), "error");
  }

  /** The way of older engines. @param {string} text */
  copySelected(text) {
    const before = /** @type {any} */ (document.activeElement);
    const field = make("textarea", { class: "shell-spoken", readonly: true });
    field.value = text;
    // Inside a dialog, if there is one: the rest of the page cannot have the focus.
    (document.querySelector("dialog.shell-dialog[open]") || document.body).append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus?.({ preventScroll: true });
    return done;
  }
}
