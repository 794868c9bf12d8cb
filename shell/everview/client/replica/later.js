/** Loads a module of the page on first use. */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @param {(error: unknown) => void} report
 * @returns {(use?: (part: T) => void) => void} calls `use` with the part: at once if it is loaded,
 *   otherwise later, in the order of the calls. If loading fails, the next call tries again.
 */
export function later(load, report) {
  /** @type {T | undefined} */
  let part;
  let isLoading = false;
  /** @type {((part: T) => void)[]} */
  const waiting = [];
  return (use = () => {}) => {
    if (part) return use(part);
    waiting.push(use);
    if (isLoading) return;
    isLoading = true;
    load().then((loaded) => {
      part = loaded;
      for (const each of waiting.splice(0)) {
        try {
          each(loaded);
        } catch (error) {
          report(error);
        }
      }
    }).catch((error) => {
      isLoading = false; // the server may be unreachable for a moment
      report(error);
    });
  };
}
