/**
 * The rows that a table's page has, in this window's order: asks for what is missing, one question
 * at a time, always for what is in view now. Rows of before stay until the new ones are there.
 */

/** Rows are asked for in blocks. */
const BLOCK = 50;
/** Rows kept; of more, those farthest from the view go. */
const KEPT = 4000;
/** Milliseconds before a question without an answer is asked again: longer each time. */
const PATIENCE = [100, 500, 2000, 5000];

export class Rows {
  /**
   * @param {(range: any) => Promise<any>} ask @param {() => void} changed called when rows came
   */
  constructor(ask, changed) {
    this.ask = ask;
    this.changedRows = changed;
    this.total = 0;
    this.version = 0;
    /** @type {[string, boolean] | null} */
    this.sort = null;
    this.text = "";
    /** @type {Map<number, any>} `[id, cells]` by place */
    this.rows = new Map();
    /** @type {Map<number, any>} what was there before a change */
    this.before = new Map();
    this.asking = false;
    this.failed = 0;
    this.from = 0;
    this.to = 0;
    this.ended = false;
  }

  /** @param {number} index */
  get(index) {
    return this.rows.get(index) || this.before.get(index);
  }

  /** The widget's data came or changed. @param {any} data */
  changed(data) {
    if (data.version === this.version) return;
    this.version = data.version;
    this.restart();
    if (this.sort || this.text) return;
    this.total = data.total;
    this.asked = 0;
    this.before = new Map();
    data.first.forEach((/** @type {any} */ row, /** @type {number} */ index) => this.rows.set(index, row));
  }

  /** @param {string} name ascending, descending, and as they come */
  sortBy(name) {
    const [old, descending] = this.sort || ["", false];
    if (old !== name) this.sort = [name, false];
    else this.sort = descending ? null : [name, true];
    this.restart();
  }

  /** @param {string} text */
  filterBy(text) {
    this.text = text;
    this.restart();
  }

  restart() {
    for (const [index, row] of this.rows) this.before.set(index, row);
    this.rows = new Map();
    this.failed = 0;
    this.asked = -1;
    this.changedRows();
  }

  /** These rows are in view. @param {number} from @param {number} to */
  want(from, to) {
    this.from = from;
    this.to = to;
    this.fill();
  }

  /** Ask for what is in view and missing, with a block around it. */
  async fill() {
    if (this.asking || this.ended) return;
    const first = Math.max(0, Math.floor((this.from - BLOCK / 2) / BLOCK) * BLOCK);
    const end = Math.ceil((this.to + BLOCK / 2) / BLOCK) * BLOCK;
    let start = first;
    while (start < Math.min(end, this.total) && this.rows.has(start)) start++;
    // An empty table is asked for too, once: a filter may have left it so.
    if (start >= Math.min(end, this.total) && (this.total > 0 || this.asked === 0)) return;
    this.asking = true;
    const { sort, text, version } = this;
    const count = Math.max(BLOCK, Math.min(end - start, 500));
    const answer = await this.ask({ start, count, sort, filter: text });
    this.asking = false;
    if (this.ended) return;
    if (sort !== this.sort || text !== this.text || (answer && answer.version < version)) this.fill();
    else if (answer) this.take(answer);
    else this.again();
  }

  /** @param {any} answer */
  take(answer) {
    this.failed = 0;
    this.asked = answer.start;
    this.total = answer.total;
    answer.rows.forEach((/** @type {any} */ row, /** @type {number} */ index) => this.rows.set(answer.start + index, row));
    this.before = new Map();
    if (this.rows.size > KEPT) {
      for (const index of this.rows.keys()) {
        if (index < this.from - KEPT / 4 || index > this.to + KEPT / 4) this.rows.delete(index);
      }
    }
    // A function that gives fewer rows than it counts would be asked for ever.
    if (answer.rows.length === 0) this.total = Math.min(this.total, answer.start);
    this.changedRows();
  }

  again() {
    const delay = PATIENCE[this.failed++];
    if (delay !== undefined) this.timer = window.setTimeout(() => this.fill(), delay);
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
  }
}
