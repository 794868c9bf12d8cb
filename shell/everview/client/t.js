/** Translated texts of the page. `python dev.py strings` finds each text, which must be a plain literal. */

import { strings } from "./strings.js";

/**
 * A text in the user's language.
 * @param {string} text in English; `{0}` and `{1}` stand for the values
 * @param {(string | number)[]} values
 */
export function t(text, ...values) {
  return (strings[text] || text).replace(/\{(\d)\}/g, (_, index) => String(values[index]));
}
