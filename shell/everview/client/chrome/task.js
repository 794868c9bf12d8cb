/** The progress of a task for the palette and the quit dialog. */

/**
 * A running or finished instance of a daemon view.
 * @typedef {object} Task
 * @property {string} url
 * @property {string} title
 * @property {string} state
 * @property {[done: number, total: number | null, label: string] | null} progress
 */

/**
 * @param {Task} task
 * @returns {{fraction: number | null, text: string}} the fraction is null if the total is unknown
 */
export function progressOf({ state, progress }) {
  if (!progress) return { fraction: null, text: state };
  const [done, total, label] = progress;
  const fraction = total ? Math.min(1, Math.max(0, done / total)) : null;
  const percent = fraction === null ? "" : `${Math.floor(fraction * 100)}%`;
  return { fraction, text: [state, percent, label].filter(Boolean).join(" · ") };
}
