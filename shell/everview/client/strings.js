/**
 * The texts in the user's language, by the English texts. The server replaces this file
 * (shell/everview/i18n.py).
 */
export const strings = /** @type {Record<string, string>} */ ({});
