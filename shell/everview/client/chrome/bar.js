/**
 * The parts of the bar that are loaded after the first view is shown. They show the progress, the
 * link to the current page and the state of the connection, and announce texts to screen readers.
 */

import { t } from "../t.js";
import { percentOf } from "./task.js";

const $ = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
/** Milliseconds between two announcements of titles and progress. */
const SPEAK_INTERVAL = 5000;

export class Bar {
  /** @param {import("./chrome.js").Chrome} chrome */
  constructor(chrome) {
    this.chrome = chrome;
    this.title = "";
    /** The text to announce. */
    this.text = "";
    /**
     * The last title that this class gave to the window. A script of the view may have set
     * another title since.
     */
    this.shown = chrome.title;
    this.step = this.speaking = 0;
    chrome.bar = this;
    this.show();
    this.meta();
    this.connected();
  }

  /** Called after the state of the window changed. */
  show() {
    const { tasks } = this.chrome.window;
    const link = $(".shell-tasks");
    link.hidden = !tasks;
    if (tasks) link.setAttribute("href", tasks);
    this.mark();
  }

  /** Mark the links to the current page. */
  mark() {
    const path = (/** @type {{pathname: string}} */ address) => address.pathname.replace(/\/$/, "");
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".shell-bar a[href]"))) {
      if (path(link) === path(location)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** Called after the title or the progress changed. */
  meta() {
    const { title, progress } = this.chrome;
    if (title !== this.title) this.speak((this.title = title));
    const bar = $(".shell-progress");
    let prefix = "";
    bar.hidden = !progress;
    if (progress) {
      const [done, total, label] = progress;
      const percent = percentOf(done, total);
      bar.classList.toggle("unknown", percent === null);
      /** @type {HTMLElement} */ (bar.firstElementChild).style.width = percent === null ? "" : `${percent}%`;
      if (percent === null) bar.removeAttribute("aria-valuenow");
      else bar.setAttribute("aria-valuenow", String(percent));
      bar.setAttribute("aria-valuetext", label || (percent === null ? t("working") : `${percent}%`));
      prefix = percent === null ? "… " : `${percent}% `;
      const step = Math.floor((percent || 0) / 10);
      if (step && step !== this.step) this.speak(`${title}: ${step}0%`);
      this.step = step;
    }
    if (this.shown !== prefix + title) document.title = this.shown = prefix + title;
  }

  /** Announce a text to screen readers. Of several texts within the interval, the last one is announced. @param {string} text */
  speak(text) {
    this.text = text;
    if (this.speaking) return;
    $(".shell-spoken").textContent = text;
    this.speaking = window.setTimeout(() => {
      this.speaking = 0;
      if (this.text !== text) this.speak(this.text);
    }, SPEAK_INTERVAL);
  }

  /** Called after the state of the connection changed. */
  connected() {
    const { state } = this.chrome;
    const offline = $(".shell-offline");
    offline.hidden = state === "live";
    offline.textContent = {
      live: "",
      offline: t("The app does not answer. Trying again …"),
      refused: t("This window has no access to the app. Open it from the app: start the app again, or type “everview address”."),
      replaced: t("This page is open in another tab."),
      ended: t("The app has ended."),
    }[state] ?? "";
    document.documentElement.classList.toggle("shell-dead", state !== "live");
  }
}
