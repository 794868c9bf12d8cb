/**
 * What every page has around its view, as far as the first view shows it: the title, the look. The
 * rest is drawn by bar.js, which comes when the view is there, from what is noted here.
 */

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const THEME = "everview-theme";

export class Chrome {
  title = "";
  /** @type {[number, number | null, string] | null} */
  progress = null;
  /** @type {any} how the window is shown, as the server says it */
  window = { zoom: 1, theme: "system" };
  /** Of the link (link.js). */
  state = "live";
  /** @type {any} what shows the rest, when it and its style sheet are there */
  bar = null;

  constructor() {
    // A reload must not flash: what the server says comes later.
    this.paint(sessionStorage.getItem(THEME) || "system");
  }

  /** @param {string} theme */
  paint(theme) {
    document.documentElement.dataset.theme = theme;
    sessionStorage.setItem(THEME, theme);
  }

  /** @param {any} shown */
  show(shown) {
    this.window = shown;
    this.paint(shown.theme);
  }

  /** @param {{title?: string, progress?: any}} meta */
  meta({ title = this.title, progress = this.progress }) {
    $(".shell-title").textContent = this.title = title;
    this.progress = progress;
    if (this.bar) this.bar.meta();
    else document.title = title;
  }

  /** @param {string} state of the link */
  connected(state) {
    this.state = state;
    // In the words of the page itself: the server that has the others may have gone before them.
    $(".shell-offline").hidden = state !== "offline";
    this.bar?.connected();
  }
}
