/**
 * Fuzzy matching: a text matches if it contains all letters of the query in order. Letters at the
 * start of a word and adjacent letters score higher, because users type initials and parts of words.
 */

/** @typedef {{score: number, places: number[]}} Match indexes of the matched letters */

const BEGIN = 8;
const FOLLOW = 5;
const GAP = 0.2;

/**
 * The letters of a text in lower case and without accents. The number of letters is unchanged, so
 * indexes stay valid.
 * @param {string} text
 */
function plain(text) {
  return [...text].map((letter) => letter.normalize("NFD")[0].toLowerCase()[0] ?? letter);
}

/**
 * @param {string} query @param {string} text
 * @returns {Match | null} null: no match
 */
export function match(query, text) {
  const wanted = plain(query).filter((letter) => letter !== " ");
  const letters = plain(text);
  const count = letters.length;
  if (!wanted.length) return { score: 0, places: [] };
  if (wanted.length > count) return null;
  const begins = letters.map((_, at) => at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1]));
  // best[at]: the best match of the letters so far whose last letter is at the index `at`.
  /** @type {(Match | null)[]} */
  let best = letters.map((letter, at) => (letter === wanted[0] ? { score: begins[at] ? BEGIN : -GAP * at, places: [at] } : null));
  for (const letter of wanted.slice(1)) {
    /** @type {(Match | null)[]} */
    const next = Array(count).fill(null);
    // The best match whose last letter is further left than `at`.
    let before = /** @type {Match | null} */ (null);
    for (let at = 1; at < count; at++) {
      const left = best[at - 1];
      if (before) before = { places: before.places, score: before.score - GAP };
      if (left && (!before || left.score >= before.score)) before = left;
      if (letters[at] !== letter || !before) continue;
      let found = { score: before.score + (begins[at] ? BEGIN : 0), places: before.places };
      if (left && left.score + FOLLOW + (begins[at] ? BEGIN : 0) >= found.score) {
        found = { score: left.score + FOLLOW, places: left.places };
      }
      next[at] = { score: found.score, places: [...found.places, at] };
    }
    best = next;
  }
  const found = best.reduce((one, other) => (other && (!one || other.score > one.score) ? other : one), null);
  return found && { score: found.score - count * 0.01, places: found.places };
}
