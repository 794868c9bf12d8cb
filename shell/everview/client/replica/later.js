/** What comes on first use: it is loaded once, and what is asked of it before waits, in order. */

/**
 * @param {() => Promise<any>} load @param {(error: any) => void} report
 * @returns {(use?: (part: any) => void) => void} calls `use` at once if the part is there; what waits
 *   for one that could not be loaded goes on waiting for the next try
 */
export function later(load, report) {
  /** @type {any} */
  let part;
  let isComing = false;
  /** @type {((part: any) => void)[]} */
  const waiting = [];
  return (use = () => {}) => {
    if (part) return use(part);
    waiting.push(use);
    if (isComing) return;
    isComing = true;
    load().then((loaded) => {
      part = loaded;
      for (const each of waiting.splice(0)) {
        try {
          each(part);
        } catch (error) {
          report(error);
        }
      }
    }).catch((error) => {
      isComing = false; // the server may have been away
      report(error);
    });
  };
}
