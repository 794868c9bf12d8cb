/**
 * Ticks at round values, and their texts. Pure functions.
 * Source for the steps: Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
 */

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** The smallest of 1, 2 and 5 times a power of ten that is at least `least`. @param {number} least */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  const digit = least / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

/**
 * The step between the ticks of an axis of length `span`, with room for `most` ticks.
 * @param {number} span @param {number} most @param {string} kind
 */
export function stepOf(span, most, kind) {
  const least = span / Math.max(1, most);
  if (kind !== "time" || least < 1) return niceStep(least);
  return TIMES.find((step) => step >= least) || niceStep(least / 86400) * 86400;
}

/**
 * The values of the ticks from `low` to `high`.
 * @param {number} low @param {number} high @param {number} most @param {string} kind
 */
export function ticks(low, high, most, kind) {
  const step = stepOf(high - low, most, kind);
  // Align ticks with whole hours and days of the local time.
  const shift = kind === "time" ? new Date(low * 1000).getTimezoneOffset() * 60 : 0;
  const found = [];
  const first = Math.ceil((low - shift) / step);
  const last = Math.floor((high - shift) / step + 1e-9);
  for (let number = first; number <= last && found.length < 200; number++) found.push(number * step + shift);
  return { step, values: found };
}

/**
 * A value as text, with enough digits to distinguish two steps.
 * @param {number} value @param {number} step @param {boolean} [even] with the same number of digits for all values
 */
export function numberText(value, step, even = true) {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e15 || (value !== 0 && size < 1e-6)) return value.toExponential(2).replace("-", "−");
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
  const [whole, unit] = size >= 1e9 ? [value / 1e9, "G"] : size >= 1e6 && step >= 1e4 ? [value / 1e6, "M"] : [value, ""];
  const shown = unit ? String(Number(whole.toPrecision(6))) : value.toLocaleString(undefined, { minimumFractionDigits: even ? digits : 0, maximumFractionDigits: digits });
  return (Number(value) === 0 ? shown.replace("-", "") : shown.replace("-", "−")) + unit;
}

/** A time of the day, or the date if steps are days. @param {number} seconds @param {number} step */
export function timeText(seconds, step) {
  const time = new Date(seconds * 1000);
  /** @type {Intl.DateTimeFormatOptions} */
  let parts = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  if (step >= 86400) parts = { month: "short", day: "numeric" };
  else if (step >= 60) parts = { hour: "2-digit", minute: "2-digit" };
  const text = time.toLocaleString(undefined, { ...parts, hourCycle: "h23" });
  return step < 1 ? text + (seconds - Math.floor(seconds)).toFixed(Math.min(3, Math.ceil(-Math.log10(step)))).slice(1) : text;
}

/** @param {number} value @param {number} step @param {string} kind @param {boolean} [even] */
export function textOf(value, step, kind, even = true) {
  return kind === "time" ? timeText(value, step) : numberText(value, step, even);
}

/** The first index in the sorted `values` whose value is at least `wanted`. @param {number[]} values @param {number} wanted */
export function indexOf(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
