/**
 * Handles drops on a view. Also handles files that the user chooses in a file field or drops on
 * it. Files are uploaded to the field's bucket at once. main.js receives the events, because they
 * may occur before this module is loaded.
 *
 * This module does not process uploaded files. Handlers of the view do that.
 */

import { t } from "../t.js";

const BUCKET = "[data-shell-bucket]";

/** @param {EventTarget | null} target */
const fieldOf = (target) => (target instanceof Element ? target.closest(BUCKET) : null);

export class Uploads {
  /** @param {{root: HTMLElement, reportEvent: (name: string, target: Element, data: object) => void}} page @param {(text: string, kind: string) => void} notice */
  constructor({ root, reportEvent }, notice) {
    this.reportEvent = reportEvent;
    this.notice = notice;
    root.addEventListener("dragover", (event) => {
      const over = fieldOf(event.target);
      if (!over || !event.dataTransfer?.types.includes("Files")) return;
      over.setAttribute("data-drop", "");
    });
    root.addEventListener("dragleave", ({ target }) => fieldOf(target)?.removeAttribute("data-drop"));
    root.addEventListener("drop", ({ target }) => fieldOf(target)?.removeAttribute("data-drop"));
  }

  /**
   * @param {Element} target @param {{x: number, y: number}} place
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

  /** Upload files that the user chose in an element or dropped on it. @param {Element} target @param {File[]} files */
  chosen(target, files) {
    const element = fieldOf(target);
    if (element && files.length) this.send(element, files);
  }

  /** Upload files one after the other. @param {Element} element @param {File[]} files */
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
      this.notice(t("The files could not be uploaded."), "error");
    } finally {
      element.removeAttribute("data-pending");
      // Empty the field, so the same file can be chosen again.
      if (element instanceof HTMLInputElement && element.type === "file") element.value = "";
    }
  }
}
