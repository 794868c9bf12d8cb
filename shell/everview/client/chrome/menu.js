/** The menu of the shell. Source: ARIA Authoring Practices, "Menu Button" and "Menu". */

import { keyText } from "./keys.js";
import { make } from "./make.js";
import { t } from "../t.js";

/** Milliseconds within which letters are one word to look for. */
const WORD = 600;

export default class Menu {
  /** @param {any} commands */
  constructor(commands) {
    this.commands = commands;
    this.button = /** @type {HTMLElement} */ (document.querySelector(".shell-menu"));
    this.node = make("div", {
      class: "shell-menu-list", role: "menu", "aria-label": t("Menu"), hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      onfocusout: (/** @type {FocusEvent} */ event) => {
        const to = /** @type {Node | null} */ (event.relatedTarget);
        // Its button closes it by itself, when it is let go.
        if (to && to !== this.button && !this.node.contains(to)) this.close(false);
      },
    });
    // Behind its button, also for who goes on with the Tab key.
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
    return [...this.node.querySelectorAll("[role^=menuitem]")];
  }

  /** Open it, or close it if it is open. @param {boolean} last */
  open(last) {
    if (!this.node.hidden) return this.close(true);
    this.before = document.activeElement;
    const groups = this.commands.groups.map((/** @type {any[]} */ group) => group.filter((each) => this.commands.has(each) && each.row !== "hidden"));
    this.node.replaceChildren(...groups.filter((/** @type {any[]} */ group) => group.length).flatMap((/** @type {any[]} */ group, /** @type {number} */ place) => [
      ...(place ? [make("hr", { role: "separator" })] : []),
      ...this.group(group),
    ]));
    this.node.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.items.at(last ? -1 : 0)?.focus();
  }

  /** @param {any[]} commands */
  group(commands) {
    /** @type {Map<string, any>} */
    const rows = new Map();
    const made = [];
    for (const command of commands) {
      const available = command.available ? command.available() : true;
      if (!available && command.id === "tasks") continue; // an app without tasks
      const item = this.item(command, available);
      if (!command.row) made.push(item);
      else {
        let row = rows.get(command.row);
        if (!row) {
          row = make("div", { class: "shell-menu-row", role: "group", "aria-label": command.row }, make("span", { "aria-hidden": "true" }, command.row));
          rows.set(command.row, row);
          made.push(row);
        }
        row.append(item);
      }
    }
    return made;
  }

  /** @param {any} command @param {boolean} available */
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
        onpointermove: (/** @type {any} */ { currentTarget }) => currentTarget === document.activeElement || currentTarget.focus(),
      },
      make("span", {}, this.shortOf(command)),
      key && !command.short ? make("kbd", { "aria-hidden": "true" }, keyText(key)) : null,
    );
  }

  /** @param {any} command */
  shortOf(command) {
    if (command.id === "zoom-reset") return `${Math.round(this.commands.page.chrome.window.zoom * 100)}%`;
    return command.short || command.label;
  }

  /** @param {any} command */
  choose(command) {
    if (command.row) {
      // The menu stays for choices: one more step, another look.
      command.run();
    } else {
      this.close(true);
      command.run();
    }
  }

  /** The server has said how the window is shown: choices show it. */
  refresh() {
    if (this.node.hidden) return;
    for (const item of this.items) {
      const shown = this.commands.find(item.dataset.command);
      if (shown.checked) item.setAttribute("aria-checked", String(Boolean(shown.checked())));
      if (shown.row) /** @type {any} */ (item.firstChild).textContent = this.shortOf(shown);
    }
  }

  /** @param {boolean} back whether the focus goes back to where it was */
  close(back) {
    const hadFocus = this.node.contains(document.activeElement);
    this.node.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    const before = /** @type {any} */ (this.before);
    if (back && hadFocus) (before?.isConnected && before !== document.body ? before : this.button).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { items } = this;
    const at = items.indexOf(/** @type {any} */ (document.activeElement));
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "ArrowDown" || key === "ArrowRight") items[(at + 1) % items.length].focus();
    else if (key === "ArrowUp" || key === "ArrowLeft") items.at(at - 1)?.focus();
    else if (key === "Home") items[0].focus();
    else if (key === "End") items.at(-1)?.focus();
    else if (key === "Escape") this.close(true);
    else if (key === "Tab") return this.close(false);
    else if (key.length === 1 && key !== " ") this.look(key, at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Go to the next command that begins with what is typed. @param {string} letter @param {number} at */
  look(letter, at) {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => (this.word = ""), WORD);
    this.word += letter.toLowerCase();
    const { items } = this;
    const from = this.word.length > 1 ? at : at + 1;
    const order = [...items.slice(from), ...items.slice(0, from)];
    const begins = (/** @type {HTMLElement} */ item) => (item.getAttribute("aria-label") || item.firstChild?.textContent || "").toLowerCase().startsWith(this.word);
    order.find(begins)?.focus();
  }
}
