/**
 * The dialog that opens if the user quits the app while tasks are running. It shows the progress
 * of the tasks.
 */

import { Dialog } from "./dialog.js";
import { make } from "./make.js";
import { t } from "../t.js";
import { progressOf } from "./task.js";

/** @typedef {import("./task.js").Task} Task */
/** @typedef {{node: HTMLElement, title: HTMLElement, state: HTMLElement, bar: HTMLProgressElement}} Row of a task */

/** Milliseconds between two requests for the running tasks. */
const INTERVAL = 1000;
/** If an answer has not arrived after this number of milliseconds, it is considered lost. */
const TIMEOUT = 3000;

export default class Quit {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    /** The number of requests of this dialog that have no answer yet. */
    this.requests = 0;
    /** The time of the last request. */
    this.requested = 0;
    this.text = make("p");
    this.list = make("ul");
    /** @type {Map<string, Row>} rows by the URLs of tasks; the rows are updated in place */
    this.rows = new Map();
    /** @type {HTMLButtonElement[]} */
    this.answers = [];
  }

  /** Show the server's answer. @param {Task[]} tasks the running tasks */
  show(tasks) {
    // An old request without an answer does not count, because the link was closed before the
    // answer arrived.
    if (performance.now() - this.requested > TIMEOUT) this.requests = 0;
    if (this.requests) {
      this.requests--;
      if (!this.dialog?.isOpen) return; // the user closed the dialog
    }
    if (!this.dialog?.isOpen) this.open();
    this.write(tasks);
  }

  open() {
    const { send, chrome } = this.commands.page;
    const dialog = (this.dialog = new Dialog(t("Quit {0}?", chrome.window.app || "Everview"), {
      className: "shell-quit",
      onclose: () => clearInterval(timer),
    }));
    this.rows.clear();
    this.list.replaceChildren();
    dialog.body.append(this.text, this.list);
    const answer = (/** @type {string} */ how) => () => {
      dialog.close();
      send({ t: "quit", how });
    };
    this.answers = [
      dialog.button(t("Keep in the background"), answer("background")),
      dialog.button(t("Finish, then quit"), answer("finish")),
      dialog.button(t("Stop all and quit"), answer("stop"), "danger"),
    ];
    this.answers[0].title = t("All windows close. The tasks continue. Start the app again to see them.");
    dialog.open(dialog.button(t("Cancel"), () => dialog.close()));
    const timer = setInterval(() => {
      this.requests++;
      this.requested = performance.now();
      send({ t: "info", what: "quit" });
    }, INTERVAL);
  }

  /** @param {Task[]} tasks */
  write(tasks) {
    const names = new Set(tasks.map(({ url }) => url));
    for (const [url, row] of this.rows) {
      if (names.has(url)) continue;
      row.node.remove();
      this.rows.delete(url);
    }
    for (const task of tasks) {
      const row = this.rows.get(task.url) || this.addRow(task.url);
      const { fraction, text } = progressOf(task);
      row.title.textContent = task.title;
      row.state.textContent = text;
      row.bar.hidden = !task.progress;
      if (fraction === null) row.bar.removeAttribute("value");
      else row.bar.value = fraction;
    }
    const isWorking = tasks.length > 0;
    this.text.textContent = isWorking ? t("These tasks would be stopped:") : t("All tasks have finished.");
    for (const button of this.answers.slice(0, 2)) button.hidden = !isWorking;
    this.answers[2].textContent = isWorking ? t("Stop all and quit") : t("Quit");
    this.answers[2].classList.toggle("danger", isWorking);
  }

  /** @param {string} url of the task @returns {Row} */
  addRow(url) {
    const title = make("strong");
    const state = make("span", { class: "dim" });
    const bar = make("progress", { max: "1", "aria-label": t("Progress") });
    const row = { node: make("li", {}, title, state, bar), title, state, bar };
    this.rows.set(url, row);
    this.list.append(row.node);
    return row;
  }
}
