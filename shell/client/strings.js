/** Texts in the person's language. The server serves its own in place of this one (shell/strings.py). */
export default /** @type {Record<string, string>} */ ({});
