/**
 * What is dropped on a view; and files that a person chooses in a field, or drops on it: they go to
 * the field's bucket at once.
 *
 * main.js hears of them, whether or not this is there by then.
 *
 * Not for: what becomes of them (the view's handlers hear of every file that has arrived).
 */

import { t } from "../t.js";

const BUCKET = "[data-shell-bucket]";

/** @param {any} target */
const field = (target) => target.closest?.(BUCKET);

export class Uploads {
  /** @param {{root: HTMLElement, reportEvent: (name: string, target: any, data: any) => any}} page @param {(text: string, kind: string) => void} notice */
  constructor({ root, reportEvent }, notice) {
    this.reportEvent = reportEvent;
    this.notice = notice;
    root.addEventListener("dragover", (event) => {
      const over = field(event.target);
      if (!over || !event.dataTransfer?.types.includes("Files")) return;
      over.setAttribute("data-drop", "");
    });
    root.addEventListener("dragleave", ({ target }) => field(target)?.removeAttribute("data-drop"));
    root.addEventListener("drop", ({ target }) => field(target)?.removeAttribute("data-drop"));
  }

  /**
   * @param {any} target @param {{x: number, y: number}} place
   * @param {{urls: string, text: string, files: File[]}} what
   */
  dropped(target, place, { urls, text, files }) {
    this.reportEvent("drop", target, {
      ...place,
      text: text.slice(0, 1_000_000),
      urls: urls.split("\r\n").filter((line) => line && line[0] !== "#").slice(0, 1000),
      files: files.slice(0, 1000).map(({ name, size, type }) => ({ name, size, type })),
    });
    this.chosen(target, files);
  }

  /** Files were chosen in an element, or dropped on it. @param {any} target @param {File[]} files */
  chosen(target, files) {
    const element = field(target);
    if (element && files.length) this.send(element, files);
  }

  /** One after the other: the first that is refused says why. @param {any} element @param {File[]} files */
  async send(element, files) {
    const url = `/_everview/upload/${element.getAttribute("data-shell-bucket")}`;
    element.setAttribute("data-pending", "");
    try {
      for (const file of files) {
        const headers = { "X-File-Name": encodeURIComponent(file.name) };
        const answer = await fetch(url, { method: "POST", headers, body: file });
        if (!answer.ok) this.notice(await answer.text(), "error");
      }
    } catch {
      this.notice(t("The files could not be sent."), "error");
    } finally {
      element.removeAttribute("data-pending");
      if (element.type === "file") element.value = ""; // the same file may be chosen again
    }
  }
}
