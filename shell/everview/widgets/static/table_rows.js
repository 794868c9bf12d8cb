/**
 * The rows of a table that this page has received, in the sort order of this window. The class
 * requests missing rows, one request at a time, always for the rows that are in view. Old rows stay
 * until the new ones arrive.
 */

/** The number of rows in a block; rows are requested in blocks. */
const BLOCK = 50;
/** If the page has more rows than this, the rows far from the view are dropped. */
const MAX_ROWS = 4000;
/** Milliseconds before a failed request is repeated. */
const RETRY_DELAYS = [100, 500, 2000, 5000];

/** @typedef {[id: number, cells: string[]]} Row */
/** @typedef {[name: string, isDescending: boolean] | null} Sort */
/** @typedef {{start: number, count: number, sort: Sort, filter: string}} Range */
/** @typedef {{start: number, total: number, version: number, rows: Row[]}} Answer */

export class Rows {
  /**
   * @param {(range: Range) => Promise<Answer | undefined>} request
   * @param {() => void} onchange called after the rows have changed
   */
  constructor(request, onchange) {
    this.request = request;
    this.onchange = onchange;
    this.total = 0;
    this.version = 0;
    /** @type {Sort} */
    this.sort = null;
    /** The filter. */
    this.text = "";
    /** @type {Map<number, Row>} the rows by their index */
    this.rows = new Map();
    /** @type {Map<number, Row>} the rows as they were before a change */
    this.old = new Map();
    this.isRequesting = false;
    /** @type {number} the first index of the last answer; 0 after new data, -1 if unknown */
    this.answered = -1;
    this.failures = 0;
    this.from = 0;
    this.to = 0;
    this.isEnded = false;
  }

  /** @param {number} index */
  get(index) {
    return this.rows.get(index) || this.old.get(index);
  }

  /** Accept new data of the widget. @param {{version: number, total: number, first: Row[]}} data */
  setData(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.restart();
    if (this.sort || this.text) return;
    this.total = data.total;
    this.answered = 0;
    this.old = new Map();
    data.first.forEach((row, index) => this.rows.set(index, row));
  }

  /** Sort by a column: ascending, then descending, then not at all. @param {string} name */
  sortBy(name) {
    const [previous, isDescending] = this.sort || ["", false];
    if (previous !== name) this.sort = [name, false];
    else this.sort = isDescending ? null : [name, true];
    this.restart();
  }

  /** @param {string} text */
  filterBy(text) {
    this.text = text;
    this.restart();
  }

  restart() {
    for (const [index, row] of this.rows) this.old.set(index, row);
    this.rows = new Map();
    this.failures = 0;
    this.answered = -1;
    this.onchange();
  }

  /** Set the rows that are in view. @param {number} from @param {number} to */
  setView(from, to) {
    this.from = from;
    this.to = to;
    this.fill();
  }

  /** Request the missing rows in view, and the other rows of their blocks. */
  async fill() {
    if (this.isRequesting || this.isEnded) return;
    const first = Math.max(0, Math.floor((this.from - BLOCK / 2) / BLOCK) * BLOCK);
    const end = Math.ceil((this.to + BLOCK / 2) / BLOCK) * BLOCK;
    let start = first;
    while (start < Math.min(end, this.total) && this.rows.has(start)) start++;
    // Request rows once even if the table is empty: perhaps only a filter has hidden its rows.
    if (start >= Math.min(end, this.total) && (this.total > 0 || this.answered === 0)) return;
    this.isRequesting = true;
    const { sort, text, version } = this;
    const count = Math.max(BLOCK, Math.min(end - start, 500));
    const answer = await this.request({ start, count, sort, filter: text });
    this.isRequesting = false;
    if (this.isEnded) return;
    if (sort !== this.sort || text !== this.text || (answer && answer.version < version)) this.fill();
    else if (answer) this.accept(answer);
    else this.retry();
  }

  /** @param {Answer} answer */
  accept(answer) {
    this.failures = 0;
    this.answered = answer.start;
    this.total = answer.total;
    answer.rows.forEach((row, index) => this.rows.set(answer.start + index, row));
    this.old = new Map();
    if (this.rows.size > MAX_ROWS) {
      for (const index of this.rows.keys()) {
        if (index < this.from - MAX_ROWS / 4 || index > this.to + MAX_ROWS / 4) this.rows.delete(index);
      }
    }
    // If a function returns fewer rows than its total, the missing rows would be requested forever.
    if (answer.rows.length === 0) this.total = Math.min(this.total, answer.start);
    this.onchange();
  }

  retry() {
    const delay = RETRY_DELAYS[this.failures++];
    if (delay !== undefined) this.timer = window.setTimeout(() => this.fill(), delay);
  }

  end() {
    this.isEnded = true;
    clearTimeout(this.timer);
  }
}
