/** The words of the page. `python dev.py strings` finds them: the text is always a plain literal. */

import { strings } from "./strings.js";

/** A text in the person's language; `{0}`, `{1}` are the values. @param {string} text @param {any[]} values */
export function t(text, ...values) {
  return (strings[text] || text).replace(/\{(\d)\}/g, (_, place) => values[place]);
}
