/** How far a task is, as the palette and the quit dialog show it. */

/**
 * @param {{state: string, progress: [number, number | null, string] | null}} task
 * @returns {{fraction: number | null, text: string}} the fraction is null where nobody knows it
 */
export function progressOf({ state, progress }) {
  if (!progress) return { fraction: null, text: state };
  const [done, total, label] = progress;
  const fraction = total ? Math.min(1, Math.max(0, done / total)) : null;
  const percent = fraction === null ? "" : `${Math.floor(fraction * 100)}%`;
  return { fraction, text: [state, percent, label].filter(Boolean).join(" · ") };
}
