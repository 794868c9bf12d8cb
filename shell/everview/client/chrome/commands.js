/**
 * The commands of the shell: one table for the menu, the shortcuts, the palette and the help; and
 * the functions for effects that can wait until this script is loaded (main.js).
 *
 * It is loaded when the first view is there, and loads what a command shows when it is first used.
 */

import { Bar } from "./bar.js";
import { Busy } from "./busy.js";
import { Going } from "../navigation/going.js";
import { ariaKeys, isMac, isPressed, isTyping, keyText } from "./keys.js";
import { download, load, open } from "../navigation/leaving.js";
import { here } from "../navigation/navigation.js";
import { Notices } from "./notices.js";
import { t } from "../t.js";
import { Uploads } from "./uploads.js";

/** Steps of the zoom, as browsers have them. */
const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];
/** Turn of a wheel (in pixels) that is one step; a touch pad sends it in small parts. */
const WHEEL_STEP = 60;
/** Milliseconds the size is shown. */
const SHOW_ZOOM = 1000;
/** What is loaded when it is first used. Plain names: the server joins each with what it needs. @type {Record<string, () => Promise<any>>} */
const PARTS = {
  clipboard: () => import("./clipboard.js"),
  dialogs: () => import("./dialogs.js"),
  find: () => import("./find.js"),
  menu: () => import("./menu.js"),
  palette: () => import("./palette.js"),
  quit: () => import("./quit.js"),
};

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} label
 * @property {() => void} run
 * @property {string[]} [keys] shortcuts, the first one is shown
 * @property {boolean} [native] in native windows only: a browser has its own
 * @property {boolean} [nativeKeys] in a browser its keys are the browser's
 * @property {() => boolean} [available]
 * @property {() => boolean} [checked] one of several choices
 * @property {boolean} [repeats] goes on while its key is held
 * @property {boolean} [anywhere] over a dialog, too
 * @property {string} [row] the row of the menu that it shares
 * @property {string} [short] its text in such a row
 */

export class Commands {
  /**
   * @param {{say: (message: any) => void, chrome: any, link: any, navigation: any, replica: any,
   *   attach: () => void, leave: () => void, root: HTMLElement, report: (error: any) => void,
   *   reportEvent: (name: string, target: any, data: any) => any}} page
   */
  constructor(page) {
    this.page = page;
    this.turned = 0;
    /** @type {Map<string, Promise<any>>} parts that were used before */
    this.parts = new Map();
    this.styled = new Promise((resolve) => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.addEventListener("load", resolve);
      sheet.addEventListener("error", resolve);
      sheet.href = "/_everview/chrome/commands.css";
      // Before those of views, which may know better.
      /** @type {any} */ (document.querySelector("link[rel=stylesheet]")).after(sheet);
    });
    this.notices = new Notices(this.styled);
    this.styled.then(() => new Bar(page.chrome));
    this.busy = new Busy(page);
    this.navigation = new Going(page);
    this.uploads = new Uploads(page, (text, kind) => this.notices.show(text, kind));
    this.groups = this.table();
    const open = /** @type {any} */ (document.querySelector(".shell-new"));
    open.title = this.titleOf(this.find("new"));
    const menu = /** @type {any} */ (document.querySelector(".shell-menu"));
    menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.menu(event.key === "ArrowUp");
    });
    addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    addEventListener("online", () => page.link.connect());
    const seen = () => page.say({ t: "visible", on: !document.hidden });
    document.addEventListener("visibilitychange", () => {
      page.leave();
      seen();
    });
    seen(); // it may have changed since the link was made
  }

  get isNative() {
    return this.page.chrome.window.native;
  }

  /** @returns {Command[][]} in the groups of the menu */
  table() {
    const { say, chrome } = this.page;
    const { navigation } = this;
    const prefer = (/** @type {any} */ what) => say({ t: "prefer", ...what });
    const past = /** @type {any} */ (window).navigation;
    return [
      [
        { id: "new", label: t("New window"), keys: ["Mod+N"], nativeKeys: true, run: () => navigation.openWindow(here()) },
        { id: "palette", label: t("Go to …"), keys: ["Mod+K"], run: () => this.use("palette", "open") },
        { id: "tasks", label: t("Tasks"), available: () => chrome.window.tasks, run: () => navigation.go(chrome.window.tasks) },
      ],
      [
        { id: "back", label: t("Back"), keys: [isMac ? "Mod+[" : "Alt+ArrowLeft"], native: true, available: () => past?.canGoBack !== false, run: () => history.back() },
        { id: "forward", label: t("Forward"), keys: [isMac ? "Mod+]" : "Alt+ArrowRight"], native: true, available: () => past?.canGoForward !== false, run: () => history.forward() },
        { id: "reload", label: t("Reload"), keys: ["Mod+R", "F5"], native: true, run: () => location.reload() },
      ],
      [
        { id: "find", label: t("Find in page"), keys: ["Mod+F"], native: true, run: () => this.use("find", "open") },
        { id: "find-next", label: t("Find next"), keys: ["F3", "Mod+G"], native: true, row: "hidden", repeats: true, run: () => this.use("find", "step", 1) },
        { id: "find-previous", label: t("Find previous"), keys: ["Shift+F3", "Mod+Shift+G"], native: true, row: "hidden", repeats: true, run: () => this.use("find", "step", -1) },
        { id: "print", label: t("Print"), keys: ["Mod+P"], native: true, run: () => window.print() },
        { id: "copy-link", label: t("Copy link"), run: () => this.copy(`everview:${here()}${location.hash}`) },
      ],
      [
        { id: "zoom-out", label: t("Zoom out"), short: "−", row: t("Zoom"), keys: ["Mod+-"], native: true, repeats: true, anywhere: true, run: () => this.zoom(-1) },
        { id: "zoom-reset", label: t("Actual size"), short: "100%", row: t("Zoom"), keys: ["Mod+0"], native: true, anywhere: true, run: () => prefer({ zoom: 1 }) },
        { id: "zoom-in", label: t("Zoom in"), short: "+", row: t("Zoom"), keys: ["Mod+=", "Mod++"], native: true, repeats: true, anywhere: true, run: () => this.zoom(1) },
        { id: "full-screen", label: t("Full screen"), keys: [isMac ? "Ctrl+Mod+F" : "F11"], native: true, anywhere: true, checked: () => chrome.window.fullscreen, run: () => prefer({ fullscreen: !chrome.window.fullscreen }) },
        ...[["system", t("Like the system"), t("Auto")], ["light", t("Light theme"), t("Light")], ["dark", t("Dark theme"), t("Dark")]].map(([theme, label, short]) => ({
          id: `theme-${theme}`, label, short, row: t("Theme"), checked: () => chrome.window.theme === theme, run: () => prefer({ theme }),
        })),
      ],
      [
        { id: "notices", label: t("Last notices"), run: () => this.use("dialogs", "notices") },
        { id: "log", label: t("Show log"), run: () => say({ t: "window", do: "log" }) },
        { id: "help", label: t("Shortcuts"), keys: ["F1"], run: () => this.use("dialogs", "help") },
        { id: "about", label: t("About {0}", chrome.window.app || "Everview"), run: () => say({ t: "info", what: "about" }) },
      ],
      [
        { id: "close", label: t("Close window"), keys: ["Mod+W"], native: true, run: () => this.close() },
        { id: "quit", label: t("Quit"), keys: ["Mod+Q"], nativeKeys: true, run: () => say({ t: "quit", how: "ask" }) },
      ],
    ];
  }

  /** @param {string} id @returns {Command} */
  find(id) {
    return /** @type {Command} */ (this.groups.flat().find((command) => command.id === id));
  }

  /** Whether this window has the command at all. @param {Command} command */
  has(command) {
    return this.isNative || !command.native;
  }

  /** Its shortcuts in this window. @param {Command} command */
  keysOf(command) {
    return this.isNative || !(command.native || command.nativeKeys) ? command.keys || [] : [];
  }

  /** @param {Command} command */
  titleOf(command) {
    const [key] = this.keysOf(command);
    return key ? `${command.label} (${keyText(key)})` : command.label;
  }

  /** For the attribute of that name. @param {Command} command */
  ariaKeysOf(command) {
    return this.keysOf(command).map(ariaKeys).join(" ") || null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || isTyping(event)) return;
    if (/** @type {any} */ (event.target).closest?.("[data-ignore]")) return; // the view's own
    const command = this.groups.flat().find((each) => this.keysOf(each).some((key) => isPressed(event, key)));
    if (!command) return;
    event.preventDefault();
    if (event.repeat && !command.repeats) return;
    // A dialog is answered first.
    if (!command.anywhere && document.querySelector("dialog.shell-dialog[open]")) return;
    if (command.available?.() ?? true) command.run();
  }

  /** @param {string} id */
  run(id) {
    if (id === "menu") this.menu();
    else this.find(id).run();
  }

  /** @param {boolean} [last] at its last command */
  menu(last = false) {
    this.use("menu", "open", last);
  }

  /**
   * Call a part of the shell; it is loaded when it is first used.
   * @param {string} name its module @param {string} method @param {...any} values
   */
  use(name, method, ...values) {
    let part = this.parts.get(name);
    if (!part) {
      part = Promise.all([PARTS[name](), this.styled]).then(([module]) => new module.default(this));
      this.parts.set(name, part);
      part.catch(() => this.parts.delete(name)); // the server may have been away
    }
    return part.then((made) => made[method](...values)).catch(this.page.report);
  }

  /** Show that an event was not handled. */
  lost() {
    this.notices.show(t("This action failed: the element no longer exists."), "error");
  }

  /** @param {string} url @param {string} back */
  load(url, back) {
    load(this.navigation, url, back);
  }

  /** @param {string} url */
  open(url) {
    open(url);
  }

  /** @param {string} url */
  download(url) {
    download(url);
  }

  /** @param {string} text */
  copy(text) {
    return this.use("clipboard", "copy", text);
  }

  close() {
    this.page.leave();
    this.page.say({ t: "window", do: "close" });
  }

  /** @param {number} steps */
  zoom(steps) {
    const { zoom } = this.page.chrome.window;
    const at = ZOOMS.findIndex((each) => each >= zoom - 0.001);
    const to = ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, at + steps))];
    if (to !== zoom) this.page.say({ t: "prefer", zoom: to });
    else this.zoomed();
  }

  /** The wheel with Ctrl; two fingers on a touch pad come as the same. @param {WheelEvent} event */
  wheel(event) {
    if (!this.isNative || !event.ctrlKey || event.defaultPrevented) return;
    event.preventDefault();
    this.turned += event.deltaY * (event.deltaMode ? WHEEL_STEP : 1);
    if (Math.abs(this.turned) < WHEEL_STEP) return;
    this.zoom(this.turned < 0 ? 1 : -1);
    this.turned = 0;
  }

  /** The window is shown in another way now. @param {{native: boolean, zoom: number}} before */
  shown(before) {
    this.page.chrome.bar?.show();
    this.parts.get("menu")?.then((menu) => menu.refresh());
    if (before.native && before.zoom !== this.page.chrome.window.zoom) this.zoomed();
  }

  /** Show for a moment how large everything is now. */
  async zoomed() {
    await this.styled;
    if (!this.size) {
      this.size = document.createElement("div");
      this.size.className = "shell-size";
      this.size.setAttribute("role", "status");
      document.body.append(this.size);
    }
    this.size.textContent = `${Math.round(this.page.chrome.window.zoom * 100)}%`;
    clearTimeout(this.showing);
    this.showing = setTimeout(() => this.size?.replaceChildren(), SHOW_ZOOM);
  }
}
