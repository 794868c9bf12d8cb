/** Texts in the person's language. The server serves its own in place of this one (shell/everview/i18n.py). */
export default /** @type {Record<string, string>} */ ({});
