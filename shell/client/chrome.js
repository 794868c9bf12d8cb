/**
 * What every page has around its view: title, progress, the look. What somebody has to ask for (menu,
 * shortcuts, palette, dialogs) and notices are in commands.js, which comes when the view is there.
 */

import { t } from "./t.js";

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const THEME = "everview-theme";

export class Chrome {
  /** @param {(text: string) => void} speak tells screen readers */
  constructor(speak) {
    this.speak = speak;
    this.title = "";
    /** @type {[number, number | null, string] | null} */
    this.progress = null;
    /** How the window is shown, as the server says it. */
    this.window = { native: false, zoom: 1, theme: "system", fullscreen: false, app: "", tasks: null };
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
    const tasks = $(".shell-tasks");
    tasks.hidden = !shown.tasks;
    if (shown.tasks) tasks.setAttribute("href", shown.tasks);
  }

  /** @param {{title?: string, progress?: any}} meta */
  meta(meta) {
    if (meta.title !== undefined && meta.title !== this.title) this.speak((this.title = meta.title));
    if (meta.progress !== undefined) this.progress = meta.progress;
    const bar = $(".shell-progress");
    let prefix = "";
    bar.hidden = !this.progress;
    if (this.progress) {
      const [done, total, label] = this.progress;
      const percent = total ? Math.min(100, Math.max(0, Math.floor((100 * done) / total))) : null;
      bar.classList.toggle("unknown", percent === null);
      bar.firstElementChild.style.width = percent === null ? "" : `${percent}%`;
      if (percent === null) bar.removeAttribute("aria-valuenow");
      else bar.setAttribute("aria-valuenow", String(percent));
      bar.setAttribute("aria-valuetext", label || (percent === null ? t("working") : `${percent}%`));
      prefix = percent === null ? "… " : `${percent}% `;
      const step = Math.floor((percent || 0) / 10);
      if (step && step !== this.step) this.speak(`${this.title}: ${step}0%`);
      this.step = step;
    }
    document.title = prefix + this.title;
    $(".shell-title").textContent = this.title;
  }

  /** @param {string} state */
  state(state) {
    const offline = $(".shell-offline");
    offline.hidden = state === "live";
    offline.textContent = {
      live: "",
      offline: t("The app does not answer. Trying again …"),
      refused: t("This window has no access to the app. Open it from the app: start the app again, or type “everview address”."),
      replaced: t("This page is open in another tab."),
      ended: t("The app has ended."),
    }[state];
    document.documentElement.classList.toggle("shell-dead", state !== "live");
  }
}
