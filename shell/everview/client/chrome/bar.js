/**
 * The bar around the view, as far as it can wait for the first view: progress, the link that leads
 * here, the state of the link, and what screen readers are told of it.
 */

import { t } from "../t.js";

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
/** Milliseconds between two things that screen readers are told of titles and progress. */
const SPEAK = 5000;

export class Bar {
  /** @param {any} chrome */
  constructor(chrome) {
    this.chrome = chrome;
    this.title = this.words = "";
    /** What was put into the window's title: a script of the view may have put another there. */
    this.shown = chrome.title;
    this.step = this.speaking = 0;
    chrome.bar = this;
    this.show();
    this.meta();
    this.connected();
  }

  /** How the window is shown has changed. */
  show() {
    const { tasks } = this.chrome.window;
    const link = $(".shell-tasks");
    link.hidden = !tasks;
    if (tasks) link.setAttribute("href", tasks);
    this.mark();
  }

  /** Mark the link that leads here. */
  mark() {
    const path = (/** @type {any} */ place) => place.pathname.replace(/\/$/, "");
    for (const link of document.querySelectorAll(".shell-bar a[href]")) {
      if (path(link) === path(location)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** The title or the progress has changed. */
  meta() {
    const { title, progress } = this.chrome;
    if (title !== this.title) this.speak((this.title = title));
    const bar = $(".shell-progress");
    let prefix = "";
    bar.hidden = !progress;
    if (progress) {
      const [done, total, label] = progress;
      const percent = total ? Math.min(100, Math.max(0, Math.floor((100 * done) / total))) : null;
      bar.classList.toggle("unknown", percent === null);
      bar.firstElementChild.style.width = percent === null ? "" : `${percent}%`;
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

  /** Tell screen readers, now and then: the last of several texts. @param {string} text */
  speak(text) {
    this.words = text;
    if (this.speaking) return;
    $(".shell-spoken").textContent = text;
    this.speaking = window.setTimeout(() => {
      this.speaking = 0;
      if (this.words !== text) this.speak(this.words);
    }, SPEAK);
  }

  /** The link to the server is there, or is not. */
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
    }[/** @type {string} */ (state)];
    document.documentElement.classList.toggle("shell-dead", state !== "live");
  }
}
