/**
 * The command palette: finds views, tasks and commands by a few letters of their names, or opens a path.
 * Source: ARIA Authoring Practices, "Combobox" (editable, with a list box, no automatic choice).
 */

import { Dialog } from "./dialog.js";
import { match } from "./fuzzy.js";
import { isMac, keyText } from "./keys.js";
import { make, newId } from "./make.js";
import { t } from "../t.js";
import { progressOf } from "./task.js";

const RECENT = "everview-recent";
const MAX_RECENT = 12;
/** Time between two requests for the tasks, in milliseconds. */
const INTERVAL = 1000;
/** The number of items by which Page Up and Page Down move. */
const PAGE = 8;
/** A recently chosen item gets this additional score. */
const RECENT_SCORE = 4;

/** @typedef {import("./task.js").Task} Task */
/** @typedef {{views: {url: string, title: string, summary: string}[], tasks: Task[]}} Places */

/**
 * A listed view, task, command or path.
 * @typedef {object} Item
 * @property {string} id
 * @property {string} kind
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [url] of the view or task
 * @property {() => void} [run] for commands
 * @property {string} [key] the text of its shortcut
 * @property {number[]} [places] indexes of the matched letters of the label
 * @property {number | null} [fraction] the progress; null if it is unknown
 */

/**
 * Convert a text to a path in this app. The text may be a path, a link to this app, or an address
 * of its server. The result is "" for any other text.
 * @param {string} text
 */
export function pathOf(text) {
  let path = text.trim();
  if (/^everview:/i.test(path)) path = path.replace(/^everview:\/*/i, "/");
  else if (/^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/i.test(path)) path = path.replace(/^https?:\/\/[^/]*/i, "") || "/";
  if (!/^\/(?![/\\])/.test(path)) return "";
  const url = new URL(path, location.origin);
  return url.origin === location.origin ? url.pathname + url.search + url.hash : "";
}

export default class Palette {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    /** @type {Places} */
    this.places = { views: [], tasks: [] };
    /** @type {Item[]} the listed items */
    this.items = [];
    this.chosen = 0;
    const id = newId();
    this.list = make("div", {
      role: "listbox", id, "aria-label": t("Views, tasks and commands"),
      onclick: (/** @type {MouseEvent} */ event) => this.handleClick(event),
      onauxclick: (/** @type {MouseEvent} */ event) => event.button === 1 && this.handleClick(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.choose(this.optionAt(event), false),
      // A click must not move the focus out of the field.
      onpointerdown: (/** @type {PointerEvent} */ event) => event.preventDefault(),
    });
    this.field = make("input", {
      type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list",
      "aria-label": t("Go to"), placeholder: t("View, task, command or path"), autocomplete: "off", spellcheck: "false",
      oninput: () => {
        this.chosen = 0;
        this.draw();
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.handleKey(event),
    });
    this.empty = make("p", { class: "dim", role: "status" });
  }

  open() {
    if (this.dialog?.isOpen) return;
    const dialog = (this.dialog = new Dialog(t("Go to"), { className: "shell-palette", onclose: () => clearInterval(timer) }));
    dialog.title.className = "shell-spoken";
    dialog.buttons.remove();
    const other = keyText(isMac ? "Mod+Enter" : "Ctrl+Enter");
    dialog.body.append(this.field, this.list, this.empty, make("p", { class: "shell-palette-help dim" }, make("kbd", {}, other), " ", t("opens in a new window")));
    this.field.value = "";
    this.chosen = 0;
    this.draw();
    this.request();
    const timer = setInterval(() => this.request(), INTERVAL);
    dialog.open(this.field);
  }

  request() {
    this.commands.page.send({ t: "info", what: "places" });
  }

  /** Show the server's answer. @param {Places} places */
  show(places) {
    this.places = places;
    if (!this.dialog?.isOpen) return;
    const chosen = this.items[this.chosen]?.id;
    this.draw(chosen);
  }

  /** All tasks, views and commands. @returns {Item[]} */
  all() {
    const { views, tasks } = this.places;
    const start = { url: "/", title: t("Home"), summary: "" };
    return [
      ...tasks.map((task) => {
        const { text, fraction } = progressOf(task);
        return { id: `task ${task.url}`, kind: t("Task"), label: task.title, detail: text, fraction: task.progress ? fraction : undefined, url: task.url };
      }),
      ...[start, ...views].map((view) => ({ id: `view ${view.url}`, kind: t("View"), label: view.title, detail: view.summary, url: view.url })),
      ...this.commands.groups.flat()
        .filter((each) => each.id !== "palette" && this.commands.has(each) && (each.available?.() ?? true))
        .map((command) => {
          const [key] = this.commands.keysOf(command);
          return { id: `command ${command.id}`, kind: t("Command"), label: command.label, key: key && keyText(key), run: command.run };
        }),
    ];
  }

  /** The ids of recently chosen items, the most recent first. @returns {string[]} */
  get recent() {
    return JSON.parse(sessionStorage.getItem(RECENT) || "[]");
  }

  /** The items that match, the best match first. @param {string} query @returns {Item[]} */
  matches(query) {
    const { recent } = this;
    const recency = (/** @type {Item} */ { id }) => (recent.includes(id) ? recent.length - recent.indexOf(id) : 0);
    if (!query.trim()) return this.all().toSorted((one, other) => recency(other) - recency(one));
    const path = pathOf(query);
    /** @type {Item[]} */
    const first = path ? [{ id: "path", kind: t("Path"), label: t("Go to {0}", path), url: path }] : [];
    const scored = this.all().flatMap((item) => {
      const found = match(query, item.label);
      return found ? [{ ...item, places: found.places, score: found.score + (recency(item) ? RECENT_SCORE : 0) }] : [];
    });
    return [...first, ...scored.toSorted((one, other) => other.score - one.score)];
  }

  /** List the items that match the typed text. @param {string} [chosen] the id of the item that stays chosen */
  draw(chosen) {
    this.items = this.matches(this.field.value);
    const index = this.items.findIndex(({ id }) => id === chosen);
    if (index >= 0) this.chosen = index;
    this.chosen = Math.min(this.chosen, Math.max(0, this.items.length - 1));
    const before = this.list.scrollTop;
    this.list.replaceChildren(...this.items.map((item, index) => this.option(item, index)));
    this.list.scrollTop = before;
    this.empty.textContent = this.items.length ? "" : t("No matches.");
    this.choose(this.chosen, chosen === undefined);
  }

  /** @param {Item} item @param {number} index */
  option(item, index) {
    const marked = new Set(item.places);
    const letters = [...item.label].map((letter, index) => (marked.has(index) ? make("b", {}, letter) : letter));
    return make(
      "div",
      { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" },
      make("span", { class: "shell-palette-label" }, ...letters),
      make("span", { class: "shell-palette-detail" }, item.detail || ""),
      item.fraction === undefined ? null : make("progress", { max: "1", value: item.fraction ?? null, "aria-hidden": "true" }),
      item.key ? make("kbd", {}, item.key) : null,
      make("span", { class: "badge" }, item.kind),
    );
  }

  /** @param {number} index @param {boolean} [scroll] */
  choose(index, scroll = true) {
    if (index < 0) return;
    this.list.children[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = index;
    const option = this.list.children[index];
    option?.setAttribute("aria-selected", "true");
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
    if (scroll) option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const last = this.items.length - 1;
    if (event.isComposing) return;
    const to = {
      ArrowDown: this.chosen < last ? this.chosen + 1 : 0,
      ArrowUp: this.chosen > 0 ? this.chosen - 1 : last,
      PageDown: Math.min(last, this.chosen + PAGE),
      PageUp: Math.max(0, this.chosen - PAGE),
    }[event.key];
    if (to !== undefined) this.choose(to);
    else if (event.key === "Enter") this.act(this.items[this.chosen], event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  }

  /** @param {Event} event */
  optionAt(event) {
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    return option ? [...this.list.children].indexOf(option) : -1;
  }

  /** @param {MouseEvent} event */
  handleClick(event) {
    const item = this.items[this.optionAt(event)];
    if (item) this.act(item, event.button === 1 || event.ctrlKey || event.metaKey);
  }

  /** Open or run an item. @param {Item | undefined} item @param {boolean} isOther whether to open another window */
  act(item, isOther) {
    if (!item) return;
    sessionStorage.setItem(RECENT, JSON.stringify([item.id, ...this.recent.filter((id) => id !== item.id)].slice(0, MAX_RECENT)));
    this.dialog?.close();
    const { navigation } = this.commands;
    if (item.run) item.run();
    else if (isOther) navigation.openWindow(/** @type {string} */ (item.url).split("#")[0]);
    else navigation.go(item.url || "");
  }
}
