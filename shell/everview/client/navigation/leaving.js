/** What a server's answer makes a window do that shows no other view: load, open, save. */

import { isOwn } from "./going.js";
import { parse } from "./navigation.js";

/**
 * Load another page, or save what comes instead. `back` is what the window goes on showing then.
 * @param {any} going @param {string} url @param {string} [back]
 */
export function load(going, url, back) {
  if (!isOwn(url) || !isOwn(back || "/")) return;
  going.leave();
  if (back === undefined) location.assign(url);
  else if (!back) location.replace(url); // the address of what is loaded is no place to come back to
  else {
    history.replaceState(history.state, "", back);
    location.assign(url);
  }
}

/** Open an address in a tab of its own; a script is none. @param {string} url */
export function open(url) {
  const target = parse(url);
  if (!target || !/^(https?|mailto|tel):$/.test(target.protocol)) return;
  window.open(target.href, "_blank", target.origin === location.origin ? "" : "noopener,noreferrer");
}

/** Save a file. @param {string} url */
export function download(url) {
  if (!isOwn(url)) return;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}
