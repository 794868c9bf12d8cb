/**
 * The parts of the bar that are needed with the first view: the title and the theme. bar.js is loaded
 * after the first view is shown. bar.js draws the other parts from the state stored here.
 */

const $ = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
const THEME = "everview-theme";

/**
 * The state of the window that the server sends.
 * @typedef {object} WindowState
 * @property {number} zoom
 * @property {string} theme "system", "light" or "dark"
 * @property {boolean} [fullscreen]
 * @property {boolean} [native]
 * @property {string} [app] the name of the app
 * @property {string} [tasks] the address of the list of tasks
 */

export class Chrome {
  title = "";
  /** @type {[number, number | null, string] | null} */
  progress = null;
  /** @type {WindowState} */
  window = { zoom: 1, theme: "system" };
  /** The state of the link (link.js). */
  state = "live";
  /** @type {import("./bar.js").Bar | null} set when bar.js and its style sheet are loaded */
  bar = null;

  constructor() {
    // Use the stored theme, because the server's theme arrives later and a reload would flash.
    this.paint(sessionStorage.getItem(THEME) || "system");
  }

  /** @param {string} theme */
  paint(theme) {
    document.documentElement.dataset.theme = theme;
    sessionStorage.setItem(THEME, theme);
  }

  /** @param {WindowState} state */
  show(state) {
    this.window = state;
    this.paint(state.theme);
  }

  /** @param {{title?: string, progress?: [number, number | null, string] | null}} meta */
  meta({ title = this.title, progress = this.progress }) {
    $(".shell-title").textContent = this.title = title;
    this.progress = progress;
    if (this.bar) this.bar.meta();
    else document.title = title;
  }

  /** @param {string} state of the link */
  connected(state) {
    this.state = state;
    // Only show the text, which is part of the page: bar.js may not be loaded yet.
    $(".shell-offline").hidden = state !== "offline";
    this.bar?.connected();
  }
}
