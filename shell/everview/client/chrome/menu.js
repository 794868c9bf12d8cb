/** The menu of the shell. Source: ARIA Authoring Practices, "Menu Button" and "Menu". */

import { keyText } from "./keys.js";
import { make } from "./make.js";
import { t } from "../t.js";

/** Letters typed within this time, in milliseconds, are combined to one search text. */
const TYPING_TIME = 600;

/** @typedef {import("./commands.js").Command} Command */

export default class Menu {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
    this.button = /** @type {HTMLElement} */ (document.querySelector(".shell-menu"));
    this.node = make("div", {
      class: "shell-menu-list", role: "menu", "aria-label": t("Menu"), hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.handleKey(event),
      onfocusout: (/** @type {FocusEvent} */ event) => {
        const to = /** @type {Node | null} */ (event.relatedTarget);
        // Ignore the button: it closes the menu when the pointer is released.
        if (to && to !== this.button && !this.node.contains(to)) this.close(false);
      },
    });
    // The Tab key reaches the menu after its button.
    this.button.after(this.node);
    addEventListener("pointerdown", (event) => {
      const target = /** @type {Node} */ (event.target);
      if (!this.node.hidden && !this.node.contains(target) && !this.button.contains(target)) this.close(false);
    });
    addEventListener("blur", () => this.node.hidden || this.close(false));
    this.word = "";
  }

  /** @returns {HTMLElement[]} */
  get items() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.node.querySelectorAll("[role^=menuitem]"))];
  }

  /** Open the menu, or close it if it is open. @param {boolean} last whether the last item gets the focus */
  open(last) {
    if (!this.node.hidden) return this.close(true);
    this.before = /** @type {HTMLElement | null} */ (document.activeElement);
    const groups = this.commands.groups.map((group) => group.filter((each) => this.commands.has(each) && each.row !== "hidden"));
    this.node.replaceChildren(...groups.filter((group) => group.length).flatMap((group, index) => [
      ...(index ? [make("hr", { role: "separator" })] : []),
      ...this.group(group),
    ]));
    this.node.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.items.at(last ? -1 : 0)?.focus();
  }

  /** @param {Command[]} commands @returns {HTMLElement[]} */
  group(commands) {
    /** @type {Map<string, HTMLElement>} */
    const rows = new Map();
    /** @type {HTMLElement[]} */
    const elements = [];
    for (const command of commands) {
      const available = command.available ? Boolean(command.available()) : true;
      if (!available && command.id === "tasks") continue; // the app has no tasks
      const item = this.item(command, available);
      if (!command.row) elements.push(item);
      else {
        const row = rows.get(command.row) || make("div", { class: "shell-menu-row", role: "group", "aria-label": command.row }, make("span", { "aria-hidden": "true" }, command.row));
        if (!rows.has(command.row)) elements.push(row);
        rows.set(command.row, row);
        row.append(item);
      }
    }
    return elements;
  }

  /** @param {Command} command @param {boolean} available @returns {HTMLElement} */
  item(command, available) {
    const key = this.commands.keysOf(command)[0];
    const kind = !command.checked ? "menuitem" : command.row ? "menuitemradio" : "menuitemcheckbox";
    return make(
      "button",
      {
        type: "button", role: kind, tabindex: "-1", class: "shell-menu-item", "data-command": command.id,
        "aria-checked": command.checked ? String(Boolean(command.checked())) : null,
        "aria-disabled": available ? null : "true",
        "aria-keyshortcuts": this.commands.ariaKeysOf(command),
        "aria-label": command.short ? command.label : null,
        title: command.short ? this.commands.titleOf(command) : null,
        onclick: () => available && this.choose(command),
        onpointermove: (/** @type {PointerEvent} */ event) => /** @type {HTMLElement} */ (event.currentTarget).focus(),
      },
      make("span", {}, this.shortOf(command)),
      key && !command.short ? make("kbd", { "aria-hidden": "true" }, keyText(key)) : null,
    );
  }

  /** The short text of a command in a row. @param {Command} command */
  shortOf(command) {
    if (command.id === "zoom-reset") return `${Math.round(this.commands.page.chrome.window.zoom * 100)}%`;
    return command.short || command.label;
  }

  /** @param {Command} command */
  choose(command) {
    // The menu stays open for choices such as the zoom.
    if (!command.row) this.close(true);
    command.run();
  }

  /** Update the texts and check marks of choices after a change of the window's state. */
  refresh() {
    if (this.node.hidden) return;
    for (const item of this.items) {
      const command = this.commands.find(item.dataset.command || "");
      if (command?.checked) item.setAttribute("aria-checked", String(Boolean(command.checked())));
      if (command?.row && item.firstChild) item.firstChild.textContent = this.shortOf(command);
    }
  }

  /** @param {boolean} restore whether the focus returns to the earlier element */
  close(restore) {
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    const { before } = this;
    if (restore && hadFocus) (before?.isConnected && before !== document.body ? before : this.button).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const { items } = this;
    const index = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "ArrowDown" || key === "ArrowRight") items[(index + 1) % items.length].focus();
    else if (key === "ArrowUp" || key === "ArrowLeft") items.at(index - 1)?.focus();
    else if (key === "Home") items[0].focus();
    else if (key === "End") items.at(-1)?.focus();
    else if (key === "Escape") this.close(true);
    else if (key === "Tab") return this.close(false);
    else if (key.length === 1 && key !== " ") this.find(key, index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Move to the next command that starts with the typed letters. @param {string} letter @param {number} index */
  find(letter, index) {
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => (this.word = ""), TYPING_TIME);
    this.word += letter.toLowerCase();
    const { items } = this;
    const from = this.word.length > 1 ? index : index + 1;
    const order = [...items.slice(from), ...items.slice(0, from)];
    const matches = (/** @type {HTMLElement} */ item) => (item.getAttribute("aria-label") || item.firstChild?.textContent || "").toLowerCase().startsWith(this.word);
    order.find(matches)?.focus();
  }
}
