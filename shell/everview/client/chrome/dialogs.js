/** The dialogs that only show information: shortcuts, about, the last notices. */

import { Dialog } from "./dialog.js";
import { isMac, keyText } from "./keys.js";
import { make } from "./make.js";
import { t } from "../t.js";

export default class Dialogs {
  /** @param {import("./commands.js").Commands} commands */
  constructor(commands) {
    this.commands = commands;
  }

  help() {
    const dialog = new Dialog(t("Shortcuts"), { className: "shell-help" });
    const rows = this.commands.groups.flat()
      .map((command) => ({ label: command.label, keys: this.commands.keysOf(command) }))
      .filter(({ keys }) => keys.length);
    rows.push({ label: t("Open a link in a new window"), keys: [`${isMac ? "Mod" : "Ctrl"}+${t("click")}`] });
    dialog.body.append(make("table", {}, make("tbody", {}, ...rows.map(({ label, keys }) =>
      make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, ...keys.map((key) => make("kbd", {}, keyText(key))))),
    ))));
    this.makeScrollable(dialog);
    dialog.addClose();
    dialog.open();
  }

  /** @param {{title: string, rows: [string, string][]}} about */
  about({ title, rows }) {
    const dialog = new Dialog(t("About {0}", title), { className: "shell-about" });
    dialog.title.prepend(make("img", { src: "/_everview/icon.svg", alt: "", width: 32, height: 32 }));
    dialog.body.append(make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
    this.makeScrollable(dialog);
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
        ? make("ul", {}, ...last.toReversed().map(({ text, kind, time }) =>
            make("li", { class: kind }, make("time", { datetime: time.toISOString() }, time.toLocaleTimeString(document.documentElement.lang)), make("span", {}, text)),
          ))
        : make("p", { class: "dim" }, t("No notices in this window.")),
    );
    this.makeScrollable(dialog);
    dialog.addClose();
    dialog.open();
  }

  /** Make a dialog scrollable with the keyboard, because it may be longer than the window. @param {Dialog} dialog */
  makeScrollable(dialog) {
    dialog.body.tabIndex = 0;
    dialog.body.setAttribute("role", "region");
    dialog.body.setAttribute("aria-labelledby", dialog.title.id);
  }
}
