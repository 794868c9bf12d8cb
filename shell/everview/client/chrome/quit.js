/** What is asked before the app ends while something is at work; what is at work is shown live. */

import { Dialog } from "./dialog.js";
import { make } from "./make.js";
import { t } from "../t.js";
import { progressOf } from "./task.js";

/** Milliseconds between two looks at what is at work. */
const LOOK = 1000;
const LOST = 3000;

export default class Quit {
  /** @param {any} commands */
  constructor(commands) {
    this.commands = commands;
    /** Answers to our own questions that are still to come. */
    this.asked = 0;
    this.lastAsked = 0;
    /** @type {HTMLButtonElement[]} */
    this.answers = [];
  }

  /** @param {any[]} tasks what is at work */
  show(tasks) {
    // An answer that has not come for so long is lost with its link.
    if (performance.now() - this.lastAsked > LOST) this.asked = 0;
    if (this.asked) {
      this.asked--;
      if (!this.dialog?.isOpen) return; // it was closed meanwhile
    }
    if (!this.dialog?.isOpen) this.open();
    this.write(tasks);
  }

  open() {
    const { say, chrome } = this.commands.page;
    const dialog = (this.dialog = new Dialog(t("Quit {0}?", chrome.window.app || "Everview"), {
      className: "shell-quit",
      onclose: () => clearInterval(timer),
    }));
    this.said = make("p", {});
    this.list = make("ul", {});
    /** @type {Map<string, any>} by URL: what is shown of a task is changed in place */
    this.rows = new Map();
    dialog.body.append(this.said, this.list);
    const answer = (/** @type {string} */ how) => () => {
      dialog.close();
      say({ t: "quit", how });
    };
    this.answers = [
      dialog.button(t("Keep in the background"), answer("background")),
      dialog.button(t("Finish, then quit"), answer("finish")),
      dialog.button(t("Stop all and quit"), answer("stop"), "danger"),
    ];
    this.answers[0].title = t("All windows close. The tasks continue. Start the app again to see them.");
    dialog.open(dialog.button(t("Cancel"), () => dialog.close()));
    const timer = setInterval(() => {
      this.asked++;
      this.lastAsked = performance.now();
      say({ t: "info", what: "quit" });
    }, LOOK);
  }

  /** @param {any[]} tasks */
  write(tasks) {
    const names = new Set(tasks.map(({ url }) => url));
    for (const [url, row] of this.rows) {
      if (names.has(url)) continue;
      row.node.remove();
      this.rows.delete(url);
    }
    for (const task of tasks) {
      let row = this.rows.get(task.url);
      if (!row) {
        row = { title: make("strong"), state: make("span", { class: "dim" }), bar: make("progress", { max: "1", "aria-label": t("Progress") }) };
        row.node = make("li", {}, row.title, row.state, row.bar);
        this.rows.set(task.url, row);
        this.list.append(row.node);
      }
      const { fraction, text } = progressOf(task);
      row.title.textContent = task.title;
      row.state.textContent = text;
      row.bar.hidden = !task.progress;
      if (fraction === null) row.bar.removeAttribute("value");
      else row.bar.value = fraction;
    }
    const atWork = tasks.length > 0;
    this.said.textContent = atWork ? t("These tasks would be stopped:") : t("All tasks have finished.");
    for (const button of this.answers.slice(0, 2)) button.hidden = !atWork;
    this.answers[2].textContent = atWork ? t("Stop all and quit") : t("Quit");
    this.answers[2].classList.toggle("danger", atWork);
  }
}
