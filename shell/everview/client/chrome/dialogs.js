/** The dialogs that only tell something: shortcuts, about, the last notices. */

import { Dialog } from "./dialog.js";
import { isMac, keyText } from "./keys.js";
import { make } from "./make.js";
import { t } from "../t.js";

export default class Dialogs {
  /** @param {any} commands */
  constructor(commands) {
    this.commands = commands;
  }

  help() {
    const dialog = new Dialog(t("Shortcuts"), { className: "shell-help" });
    const rows = this.commands.groups.flat()
      .map((/** @type {any} */ command) => [command.label, this.commands.keysOf(command)])
      .filter((/** @type {any[]} */ [, keys]) => keys.length);
    const mod = isMac ? "Mod" : "Ctrl";
    rows.push([t("Open a link in a new window"), [], `${keyText(`${mod}+${t("click")}`)}`]);
    dialog.body.append(make("table", {}, make("tbody", {}, ...rows.map((/** @type {any[]} */ [label, keys, words]) =>
      make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, ...(words ? [make("kbd", {}, words)] : keys.map((/** @type {string} */ key) => make("kbd", {}, keyText(key)))))),
    ))));
    this.scrollable(dialog);
    dialog.addClose();
    dialog.open();
  }

  /** @param {{title: string, rows: [string, string][]}} about */
  about({ title, rows }) {
    const dialog = new Dialog(t("About {0}", title), { className: "shell-about" });
    dialog.title.prepend(make("img", { src: "/_everview/icon.svg", alt: "", width: 32, height: 32 }));
    dialog.body.append(make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
    this.scrollable(dialog);
    const text = [title, ...rows.map(([name, value]) => `${name}: ${value}`), `${t("Page")}: ${navigator.userAgent}`].join("\n");
    dialog.button(t("Copy diagnostics"), () => this.commands.copy(text));
    dialog.addClose();
    dialog.open();
  }

  notices() {
    const { last } = this.commands.notices;
    const dialog = new Dialog(t("Last notices"), { className: "shell-past" });
    dialog.body.append(
      last.length
        ? make("ul", {}, ...last.toReversed().map((/** @type {any} */ { text, kind, time }) =>
            make("li", { class: kind }, make("time", { datetime: time.toISOString() }, time.toLocaleTimeString(document.documentElement.lang)), make("span", {}, text)),
          ))
        : make("p", { class: "dim" }, t("There were none in this window.")),
    );
    this.scrollable(dialog);
    dialog.addClose();
    dialog.open();
  }

  /** What may be longer than the window is scrolled with the keyboard, too. @param {Dialog} dialog */
  scrollable(dialog) {
    dialog.body.tabIndex = 0;
    dialog.body.setAttribute("role", "region");
    dialog.body.setAttribute("aria-labelledby", dialog.title.id);
  }
}
