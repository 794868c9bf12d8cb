/** Format the progress of tasks for the bar, the palette and the quit dialog. */

/**
 * A running or finished instance of a daemon view.
 * @typedef {object} Task
 * @property {string} url
 * @property {string} title
 * @property {string} state
 * @property {[done: number, total: number | null, label: string] | null} progress
 */

/**
 * The finished part in whole percent, rounded down. 100 means that everything is done, and null
 * means that the total is unknown. The rule is the same as for `Progress.percent` in
 * shell/everview/progress.py.
 * @param {number} done @param {number | null} total
 */
export const percentOf = (done, total) =>
  total ? Math.min(100, Math.max(0, Math.floor((100 * done) / total))) : null;

/**
 * @param {Task} task
 * @returns {{fraction: number | null, text: string}} the fraction is null if the total is unknown
 */
export function progressOf({ state, progress }) {
  if (!progress) return { fraction: null, text: state };
  const [done, total, label] = progress;
  const percent = percentOf(done, total);
  const text = [state, percent === null ? "" : `${percent}%`, label].filter(Boolean).join(" · ");
  return { fraction: percent === null ? null : percent / 100, text };
}
