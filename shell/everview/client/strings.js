/** Texts in the user's language by their English originals. The server replaces this file (shell/everview/i18n.py). */
export const strings = /** @type {Record<string, string>} */ ({});
