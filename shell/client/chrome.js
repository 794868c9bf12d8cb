/**
 * What every page has around its view: title, progress, notices, navigation, window shortcuts.
 */

const $ = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

export class Chrome {
  /** @param {{say: (message: any) => void, attach: () => void, leave: () => void}} page */
  constructor(page) {
    this.page = page;
    this.title = "";
    /** @type {[number, number | null, string] | null} */
    this.progress = null;
    $(".shell-new").addEventListener("click", () => this.openWindow(location.pathname + location.search));
    $(".shell-new").title = `Open one more window of this page (${mac ? "⌘" : "Ctrl+"}N)`;
    addEventListener("keydown", (event) => this.shortcut(event));
    addEventListener("popstate", () => {
      page.leave();
      page.attach();
    });
    document.addEventListener("click", (event) => this.follow(event));
    document.addEventListener("auxclick", (event) => this.follow(event));
  }

  /** @param {KeyboardEvent} event */
  shortcut(event) {
    if (!(mac ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
    const key = event.key.toLowerCase();
    if (key === "n") this.openWindow(location.pathname + location.search);
    else if (key === "w") this.closeWindow();
    else return;
    event.preventDefault();
  }

  /** @param {string} url */
  openWindow(url) {
    this.page.leave();
    this.page.say({ t: "window", do: "open", url });
  }

  closeWindow() {
    this.page.leave();
    this.page.say({ t: "window", do: "close" });
  }

  /** Links to this app stay in the window, or open one more with Ctrl or the middle button. @param {MouseEvent} event */
  follow(event) {
    const link = /** @type {any} */ (event.target).closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button > 1 || link.hasAttribute("download")) return;
    if (link.closest("[data-ignore]")) return; // left to the browser
    if (link.origin !== location.origin) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return;
    }
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
    event.preventDefault();
    const url = link.pathname + link.search;
    if (event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey) this.openWindow(url);
    else this.go(url);
  }

  /** @param {string} url */
  go(url) {
    this.page.leave();
    if (url !== location.pathname + location.search) history.pushState(null, "", url);
    this.page.attach();
  }

  /**
   * Load another page, or save what comes instead. `back` is what the window goes on showing then.
   * @param {string} url @param {string} [back]
   */
  load(url, back) {
    this.page.leave();
    if (back === undefined) location.assign(url);
    else if (!back) location.replace(url); // the address of what is loaded is no place to come back to
    else {
      history.replaceState(null, "", back);
      location.assign(url);
    }
  }

  /** Save a file. @param {string} url */
  download(url) {
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    link.click();
  }

  /** @param {{title?: string, progress?: any}} meta */
  meta(meta) {
    if (meta.title !== undefined) this.title = meta.title;
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
      bar.setAttribute("aria-valuetext", label || (percent === null ? "working" : `${percent}%`));
      prefix = percent === null ? "… " : `${percent}% `;
    }
    document.title = prefix + this.title;
    $(".shell-title").textContent = this.title;
  }

  /** @param {string} text @param {string} kind */
  notice(text, kind = "info") {
    const notice = document.createElement("div");
    notice.className = `shell-notice ${kind}`;
    if (kind === "error") notice.setAttribute("role", "alert");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => notice.remove());
    notice.append(text, close);
    const notices = $(".shell-notices");
    notices.append(notice);
    while (notices.childElementCount > 5) notices.firstElementChild.remove();
    if (kind !== "error") setTimeout(() => notice.remove(), 6000);
  }

  /** @param {string} state */
  state(state) {
    const offline = $(".shell-offline");
    offline.hidden = state === "live";
    offline.textContent = {
      live: "",
      offline: "The app does not answer. Trying again …",
      refused: "This window has no access to the app. Open it from the app: start the app again, or type “everview address”.",
      replaced: "This page is open in another tab.",
      ended: "The app has ended.",
    }[state];
    document.documentElement.classList.toggle("shell-dead", state !== "live");
  }
}
