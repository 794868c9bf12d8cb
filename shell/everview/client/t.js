/**
 * Translates texts of the page. Each text must be a plain literal, so that `python dev.py
 * strings` finds it.
 */

import { strings } from "./strings.js";

/**
 * Translate a text to the user's language.
 * @param {string} text the English text; `{0}` and `{1}` are placeholders for the values
 * @param {(string | number)[]} values
 */
export function t(text, ...values) {
  return (strings[text] || text).replace(/\{(\d)\}/g, (_, index) => String(values[index]));
}
