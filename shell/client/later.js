/** What comes on first use: it is loaded once, and what is asked of it before waits, in order. */

/**
 * @param {() => Promise<any>} load @param {(error: any) => void} report
 * @returns {(use?: (part: any) => void) => void} calls `use` at once if the part is there
 */
export function later(load, report) {
  /** @type {any} */
  let part;
  /** @type {Promise<any> | undefined} */
  let coming;
  return (use = () => {}) => {
    if (part) return use(part);
    coming ||= load().then((loaded) => (part = loaded));
    coming.then(use).catch((error) => {
      if (!part) coming = undefined; // the server may have been away
      report(error);
    });
  };
}
