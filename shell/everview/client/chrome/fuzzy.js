/**
 * Fuzzy matching: all letters of a query, in order. Letters that begin words, or follow each other,
 * count more, as people type beginnings and parts of words.
 */

const BEGIN = 8;
const FOLLOW = 5;
const GAP = 0.2;

/** Without accents and case; one letter for one, so that places stay. @param {string} text */
function plain(text) {
  return [...text].map((letter) => letter.normalize("NFD")[0].toLowerCase()[0] ?? letter);
}

/**
 * @param {string} query @param {string} text
 * @returns {{score: number, places: number[]} | null} the places of the letters; null: no match
 */
export function match(query, text) {
  const wanted = plain(query).filter((letter) => letter !== " ");
  const letters = plain(text);
  const count = letters.length;
  if (!wanted.length) return { score: 0, places: [] };
  if (wanted.length > count) return null;
  const begins = letters.map((_, at) => at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1]));
  // best[at]: the best way to match what was looked for so far, with its last letter at `at`.
  /** @type {({score: number, places: number[]} | null)[]} */
  let best = letters.map((letter, at) => (letter === wanted[0] ? { score: begins[at] ? BEGIN : -GAP * at, places: [at] } : null));
  for (const letter of wanted.slice(1)) {
    /** @type {({score: number, places: number[]} | null)[]} */
    const next = Array(count).fill(null);
    /** @type {{score: number, places: number[]} | null} the best that ended further left */
    let before = null;
    for (let at = 1; at < count; at++) {
      const left = best[at - 1];
      if (before) before = { ...before, score: before.score - GAP };
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
