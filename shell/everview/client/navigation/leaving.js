/** Performs effects that leave the view: load another page, open an address, save a file. */

import { isOwn } from "./going.js";
import { parse } from "./navigation.js";

/**
 * Load another page, or save a file if the server sends one.
 * @param {{leave: () => void}} going
 * @param {string} url
 * @param {string} [back] the address to return to; if it is "", the loaded page replaces the
 * current entry of the history
 */
export function load(going, url, back) {
  if (!isOwn(url) || !isOwn(back || "/")) return;
  going.leave();
  if (back === undefined) location.assign(url);
  else if (!back) location.replace(url); // its one-time address cannot be loaded again
  else {
    history.replaceState(history.state, "", back);
    location.assign(url);
  }
}

/** Open an address in a new tab, unless its scheme could run a script. @param {string} url */
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
