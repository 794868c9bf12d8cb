/**
 * The commands of the shell, in one table for the menu, the shortcuts, the palette and the help.
 * This module also contains the functions for effects that can wait until it is loaded (main.js).
 *
 * This module is loaded after the first view is shown. It loads each part of the shell on first use.
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

/** The available zoom levels, which are those of browsers. */
const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];
/** The wheel movement in pixels for one zoom step. Touch pads send smaller movements. */
const WHEEL_STEP = 60;
/** Milliseconds for which the new zoom level is shown. */
const ZOOM_SHOWN = 1000;
/**
 * The parts of the shell that are loaded on first use.
 * @type {Record<string, () => Promise<{default: new (commands: Commands) => any}>>}
 */
const PARTS = {
  clipboard: () => import("./clipboard.js"),
  dialogs: () => import("./dialogs.js"),
  find: () => import("./find.js"),
  menu: () => import("./menu.js"),
  palette: () => import("./palette.js"),
  quit: () => import("./quit.js"),
};

/**
 * The functions for the effects that main.js does not perform at once.
 * @type {Record<string, (commands: Commands, effect: any) => unknown>}
 */
const effects = {
  about: (commands, effect) => commands.use("dialogs", "about", effect),
  close: () => window.close(),
  copy: (commands, { text }) => commands.copy(text),
  download: (commands, { url }) => download(url),
  load: (commands, { url, back }) => load(commands.navigation, url, back),
  message: (commands, { text }) => dispatchEvent(new CustomEvent("everview-message", { detail: text })),
  notice: (commands, { text, kind }) => commands.notices.show(text, kind),
  open: (commands, { url }) => open(url),
  places: (commands, effect) => commands.use("palette", "show", effect),
  quitting: (commands, { tasks }) => commands.use("quit", "show", tasks),
  redirect: (commands, { url }) => commands.navigation.go(url),
};

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} label
 * @property {() => void} run
 * @property {string[]} [keys] shortcuts; the menu shows the first one
 * @property {boolean} [native] only in native windows: browsers have this command
 * @property {boolean} [nativeKeys] the shortcuts work only in native windows
 * @property {() => unknown} [available] true by default
 * @property {() => unknown} [checked] whether the command is the current choice
 * @property {boolean} [repeats] whether the command repeats while its key is pressed
 * @property {boolean} [anywhere] whether the command works while a dialog is open
 * @property {string} [row] the row of the menu with the command
 * @property {string} [short] the text of the command in the row
 */

export class Commands {
  /**
   * @param {object} page
   * @param {(message: object) => void} page.send
   * @param {import("./chrome.js").Chrome} page.chrome
   * @param {import("../replica/link.js").Link} page.link
   * @param {import("../navigation/navigation.js").Navigation} page.navigation
   * @param {import("../replica/replica.js").Replica} page.replica
   * @param {() => void} page.attach
   * @param {() => void} page.flush sends unsent edits
   * @param {HTMLElement} page.root
   * @param {(error: unknown) => void} page.report
   * @param {(name: string, target: Element, data: object) => void} page.reportEvent
   */
  constructor(page) {
    this.page = page;
    this.turned = 0;
    /** @type {Map<string, Promise<any>>} the objects of loaded parts, by name */
    this.parts = new Map();
    this.styled = new Promise((resolve) => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.addEventListener("load", resolve);
      sheet.addEventListener("error", resolve);
      sheet.href = "/_everview/chrome/commands.css";
      // Style sheets of views come after this one and may override it.
      document.querySelector("link[rel=stylesheet]")?.after(sheet);
    });
    this.notices = new Notices(this.styled);
    this.styled.then(() => new Bar(page.chrome));
    this.busy = new Busy(page);
    this.navigation = new Going(page);
    this.uploads = new Uploads(page, (text, kind) => this.notices.show(text, kind));
    this.groups = this.table();
    const open = /** @type {HTMLElement} */ (document.querySelector(".shell-new"));
    open.title = this.titleOf(this.find("new"));
    const menu = /** @type {HTMLElement} */ (document.querySelector(".shell-menu"));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.menu(event.key === "ArrowUp");
    });
    addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    addEventListener("online", () => page.link.connect());
    const sendVisible = () => page.send({ t: "visible", on: !document.hidden });
    document.addEventListener("visibilitychange", () => {
      page.flush();
      sendVisible();
    });
    sendVisible(); // the visibility may have changed since the link was connected
  }

  get isNative() {
    return this.page.chrome.window.native;
  }

  /** The commands in the groups of the menu. @returns {Command[][]} */
  table() {
    const { send, chrome } = this.page;
    const { navigation } = this;
    const prefer = (/** @type {object} */ what) => send({ t: "prefer", ...what });
    const past = window.navigation;
    return [
      [
        { id: "new", label: t("New window"), keys: ["Mod+N"], nativeKeys: true, run: () => navigation.openWindow(here()) },
        { id: "palette", label: t("Go to …"), keys: ["Mod+K"], run: () => this.use("palette", "open") },
        { id: "tasks", label: t("Tasks"), available: () => chrome.window.tasks, run: () => navigation.go(chrome.window.tasks || "") },
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
        { id: "log", label: t("Show log"), run: () => send({ t: "window", do: "log" }) },
        { id: "help", label: t("Shortcuts"), keys: ["F1"], run: () => this.use("dialogs", "help") },
        { id: "about", label: t("About {0}", chrome.window.app || "Everview"), run: () => send({ t: "info", what: "about" }) },
      ],
      [
        { id: "close", label: t("Close window"), keys: ["Mod+W"], native: true, run: () => this.close() },
        { id: "quit", label: t("Quit"), keys: ["Mod+Q"], nativeKeys: true, run: () => send({ t: "quit", how: "ask" }) },
      ],
    ];
  }

  /** @param {string} id @returns {Command} */
  find(id) {
    return /** @type {Command} */ (this.groups.flat().find((command) => command.id === id));
  }

  /** Whether this window has the command. @param {Command} command */
  has(command) {
    return this.isNative || !command.native;
  }

  /** The shortcuts of a command in this window. @param {Command} command */
  keysOf(command) {
    return this.isNative || !(command.native || command.nativeKeys) ? command.keys || [] : [];
  }

  /** @param {Command} command */
  titleOf(command) {
    const [key] = this.keysOf(command);
    return key ? `${command.label} (${keyText(key)})` : command.label;
  }

  /** The value of `aria-keyshortcuts`. @param {Command} command */
  ariaKeysOf(command) {
    return this.keysOf(command).map(ariaKeys).join(" ") || null;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented || isTyping(event)) return;
    if (event.target instanceof Element && event.target.closest("[data-ignore]")) return; // for the browser and scripts of the view
    const command = this.groups.flat().find((each) => this.keysOf(each).some((key) => isPressed(event, key)));
    if (!command) return;
    event.preventDefault();
    if (event.repeat && !command.repeats) return;
    // The user must answer an open dialog first.
    if (!command.anywhere && document.querySelector("dialog.shell-dialog[open]")) return;
    if (command.available?.() ?? true) command.run();
  }

  /** @param {string} id */
  run(id) {
    if (id === "menu") this.menu();
    else this.find(id).run();
  }

  /** Open the menu. @param {boolean} [last] whether its last item gets the focus */
  menu(last = false) {
    this.use("menu", "open", last);
  }

  /**
   * Call a method of a part of the shell, which is loaded on first use.
   * @param {string} name of the part @param {string} method @param {...any} values
   */
  use(name, method, ...values) {
    let part = this.parts.get(name);
    if (!part) {
      part = Promise.all([PARTS[name](), this.styled]).then(([module]) => new module.default(this));
      this.parts.set(name, part);
      part.catch(() => this.parts.delete(name)); // the next call tries again
    }
    return part.then((object) => object[method](...values)).catch(this.page.report);
  }

  /** Show a notice that an event was not handled. */
  lost() {
    this.notices.show(t("This action failed: the element no longer exists."), "error");
  }

  /** Perform an effect that can wait until this module is loaded. @param {{t: string}} effect */
  perform(effect) {
    if (Object.hasOwn(effects, effect.t)) effects[effect.t](this, effect);
    else this.page.report(new Error(`unknown effect: ${effect.t}`));
  }

  /** @param {string} text */
  copy(text) {
    return this.use("clipboard", "copy", text);
  }

  close() {
    this.page.flush();
    this.page.send({ t: "window", do: "close" });
  }

  /** @param {number} steps */
  zoom(steps) {
    const { zoom } = this.page.chrome.window;
    const index = ZOOMS.findIndex((each) => each >= zoom - 0.001);
    const to = ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, index + steps))];
    if (to !== zoom) this.page.send({ t: "prefer", zoom: to });
    else this.showZoom();
  }

  /** Zoom with Ctrl and the wheel, or with two fingers on a touch pad. @param {WheelEvent} event */
  wheel(event) {
    if (!this.isNative || !event.ctrlKey || event.defaultPrevented) return;
    event.preventDefault();
    this.turned += event.deltaY * (event.deltaMode ? WHEEL_STEP : 1);
    if (Math.abs(this.turned) < WHEEL_STEP) return;
    this.zoom(this.turned < 0 ? 1 : -1);
    this.turned = 0;
  }

  /** Called after the state of the window changed. @param {import("./chrome.js").WindowState} before */
  shown(before) {
    this.page.chrome.bar?.show();
    this.parts.get("menu")?.then((menu) => menu.refresh());
    if (before.native && before.zoom !== this.page.chrome.window.zoom) this.showZoom();
  }

  /** Show the zoom level for a short time. */
  async showZoom() {
    await this.styled;
    if (!this.size) {
      this.size = document.createElement("div");
      this.size.className = "shell-size";
      this.size.setAttribute("role", "status");
      document.body.append(this.size);
    }
    this.size.textContent = `${Math.round(this.page.chrome.window.zoom * 100)}%`;
    clearTimeout(this.showing);
    this.showing = window.setTimeout(() => this.size?.replaceChildren(), ZOOM_SHOWN);
  }
}
