/**
 * The values of fields. While the user types, the page owns the value. Otherwise the server owns it.
 *
 * Edits are sent shortly after typing stops, and at once when the field loses the focus, on Enter and
 * before any other event. If a value from the server arrives while the page owns the field, it is set
 * when the field loses the focus. It is set at once if the field's own handler set it in answer to the
 * last edit. Check boxes, radios, selects and sliders are set at once: the last writer wins.
 */

/** @typedef {import("./replica.js").DocumentNode} DocumentNode */

/** Milliseconds from the last key until an edit is sent. */
const DELAY = 150;
const NOT_TYPED = new Set(["checkbox", "radio", "range", "color"]);
const DATE = /^(date|time|month|week)/;

/** File fields are excluded: they have no value to report. @param {DocumentNode} element */
export function isField(element) {
  return element.matches?.("input:not([type=file]), textarea, select");
}

/** @param {DocumentNode} element */
function isTyped(element) {
  return element.tagName !== "SELECT" && !NOT_TYPED.has(element.type);
}

/** Whether the typed text is not (yet) a number or a date. @param {DocumentNode} element */
function isInvalid(element) {
  return (element.type === "number" || DATE.test(element.type)) && element.validity.badInput;
}

/** The value that is reported to the server. @param {DocumentNode} element */
export function valueOf(element) {
  if (element.tagName === "SELECT") {
    // Send ids, because indexes change if options are added or removed before the message arrives.
    return [...element.selectedOptions].map((/** @type {DocumentNode} */ option) => option.$id).filter((id) => id !== undefined);
  }
  if (element.type === "checkbox" || element.type === "radio") return element.checked;
  return isInvalid(element) ? null : element.value;
}

export class Fields {
  /** @type {Map<DocumentNode, number>} fields with unsent edits, with the timers that send them */
  unsent = new Map();
  /** @type {WeakMap<DocumentNode, number>} the number of the last sent edit of each field */
  sent = new WeakMap();
  /** @type {WeakMap<DocumentNode, any>} values that are set when the field loses the focus */
  deferred = new WeakMap();
  /** The number of the last event that the server has handled. */
  acknowledged = 0;
  /**
   * While the link is down, only the newest edit of each field is stored, unless another event follows.
   * @type {{live: boolean}}
   */
  link = { live: false };
  /** @type {Set<number>} ids of fields whose handler set a new value in answer to the last edit */
  answered = new Set();
  /** @type {EventTarget | null} the field with a running composition (IME) */
  composing = null;

  /** @param {(element: DocumentNode, name: string, data: any) => number} send sends an event and returns its number */
  constructor(send) {
    this.send = send;
    document.addEventListener("compositionstart", ({ target }) => (this.composing = target));
    document.addEventListener("compositionend", (event) => {
      this.composing = null;
      this.edited(event.target);
    });
  }

  /** The user changed a field. @param {DocumentNode} element */
  edited(element) {
    if (!isField(element) || element.$id === undefined || this.composing === element) return;
    const delay = isTyped(element) ? (element.$events?.get("change") ?? DELAY) : 0;
    clearTimeout(this.unsent.get(element));
    this.unsent.set(element, delay && window.setTimeout(() => this.flush(element), delay));
    if (!delay) this.flush(element);
  }

  /**
   * Send an edit that the browser reported as complete. Date fields report this after every key (the
   * year 0002 while the user types 2026), so their edits are sent like typed text.
   * @param {DocumentNode} element
   */
  settled(element) {
    if (!DATE.test(element.type)) this.flush(element);
  }

  /** Send unsent edits of one field or of all. @param {DocumentNode} [only] */
  flush(only) {
    for (const [element, timer] of [...this.unsent]) {
      if (only && (element !== only || !this.link.live)) continue;
      clearTimeout(timer);
      this.unsent.delete(element);
      this.deferred.delete(element); // older than this edit
      if (element.isConnected) this.sent.set(element, this.send(element, "change", valueOf(element)));
    }
  }

  /** After a field lost the focus, send its edit or set its deferred value. @param {DocumentNode} element */
  left(element) {
    this.flush(element);
    const value = this.deferred.get(element);
    // An unacknowledged edit is newer than the deferred value.
    if (this.deferred.delete(element) && !this.isPending(element)) write(element, value);
  }

  /** Whether the field has an edit that was not handled yet. @param {DocumentNode} element */
  isPending(element) {
    return this.unsent.has(element) || /** @type {number} */ (this.sent.get(element)) > this.acknowledged;
  }

  /** Set a value from the server, or defer it. @param {DocumentNode} element @param {string} slot @param {any} value */
  set(element, slot, value) {
    if (value === null) return;
    if (slot !== ".selected" && this.isPending(element)) {
      this.deferred.delete(element); // the server will answer the edit
    } else if (slot === ".checked") {
      element.checked = value;
    } else if (slot === ".selected") {
      const chosen = new Set(value);
      [...element.options].forEach((/** @type {HTMLOptionElement} */ option, index) => {
        if (option.selected !== chosen.has(index)) option.selected = chosen.has(index);
      });
    } else if (!isTyped(element)) {
      write(element, value);
    } else if (isOwned(element) && (!this.answered.has(element.$id) || this.composing === element)) {
      this.deferred.set(element, value);
    } else {
      this.deferred.delete(element);
      write(element, value);
    }
  }
}

/** Whether the user is typing in the field. @param {DocumentNode} element */
function isOwned(element) {
  return document.activeElement === element && document.hasFocus();
}

/**
 * Set the value and keep the position of the caret in the text.
 * @param {DocumentNode} element
 * @param {string | false} value false: an invalid text, which only the window where it was typed shows
 */
function write(element, value) {
  const invalid = isInvalid(element);
  if (value === false) {
    if (invalid) return;
    value = "";
  }
  const old = element.value;
  if (old === value && !invalid) return;
  // Number fields have no caret position: it is null.
  const caret = document.activeElement === element ? element.selectionEnd : null;
  element.value = value;
  if (caret === null) return;
  let same = 0;
  while (same < caret && old[same] === value[same]) same++;
  // If the text changed before the caret, keep the distance to the end of the text.
  const position = same === caret ? caret : Math.max(same, value.length - (old.length - caret));
  element.setSelectionRange(position, position);
}
