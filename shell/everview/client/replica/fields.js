/**
 * Who owns the value of a field: the page while a person types in it, the server otherwise.
 *
 * Edits are sent a little after typing stops, and at once when the field is left, on Enter and
 * before any other event. A value from the server that comes while the field is owned is held and
 * set when it is left, unless the field's own handler answered the last edit with it. Check boxes,
 * radios, selects and sliders are set at once: the last writer wins.
 */

const DELAY = 150;
const AT_ONCE = new Set(["checkbox", "radio", "range", "color"]);
const DATE = /^(date|time|month|week)/;

/** Files have no value to report. @param {any} element */
export function isField(element) {
  return element.matches?.("input:not([type=file]), textarea, select");
}

/** @param {any} element */
function isTyped(element) {
  return element.tagName !== "SELECT" && !AT_ONCE.has(element.type);
}

/** Something was typed that is no number or date (yet). @param {any} element */
function isUnreadable(element) {
  return (element.type === "number" || DATE.test(element.type)) && element.validity.badInput;
}

/** What is reported of a field. @param {any} element */
export function valueOf(element) {
  if (element.tagName === "SELECT") {
    // Ids, not places: an option may come or go before this arrives.
    return [...element.selectedOptions].map((option) => option.$id).filter((id) => id !== undefined);
  }
  if (element.type === "checkbox" || element.type === "radio") return element.checked;
  return isUnreadable(element) ? null : element.value;
}

export class Fields {
  /** @type {Map<any, any>} fields with edits that were not sent yet, and when they will be */
  unsent = new Map();
  /** @type {WeakMap<any, number>} the number of the last edit that was sent */
  sent = new WeakMap();
  /** @type {WeakMap<any, any>} values that wait until the field is left */
  held = new WeakMap();
  acknowledged = 0;
  /**
   * Without it being live, edits wait here, the newest of each field, until it is, or until another
   * event follows. @type {any}
   */
  link;
  /** @type {Set<number>} ids of fields whose handler answered the last edit with a new value */
  answered = new Set();
  /** @type {any} the field in which a composition (IME) goes on; if it is removed, no end is heard */
  composing = null;

  /** @param {(element: any, name: string, data: any) => number} send sends an event, returns its number */
  constructor(send) {
    this.send = send;
    document.addEventListener("compositionstart", ({ target }) => (this.composing = target));
    document.addEventListener("compositionend", (event) => {
      this.composing = null;
      this.edited(event.target);
    });
  }

  /** A person changed a field. @param {any} element */
  edited(element) {
    if (!isField(element) || element.$id === undefined || this.composing === element) return;
    const delay = isTyped(element) ? (element.$events?.get("change") ?? DELAY) : 0;
    clearTimeout(this.unsent.get(element));
    this.unsent.set(element, delay && setTimeout(() => this.flush(element), delay));
    if (!delay) this.flush(element);
  }

  /**
   * A field says that an edit is complete: send it. Date fields say so after every key, with a
   * year of 0002 on the way to 2026; theirs are sent like typed text.
   * @param {any} element
   */
  settled(element) {
    if (!DATE.test(element.type)) this.flush(element);
  }

  /** Send what was not sent yet: of one field, or of all. @param {any} [only] */
  flush(only) {
    for (const [element, timer] of [...this.unsent]) {
      if (only && (element !== only || !this.link.live)) continue;
      clearTimeout(timer);
      this.unsent.delete(element);
      this.held.delete(element); // older than this edit
      if (element.isConnected) this.sent.set(element, this.send(element, "change", valueOf(element)));
    }
  }

  /** A field was left: send, or take what was held for it. @param {any} element */
  left(element) {
    this.flush(element);
    const value = this.held.get(element);
    // An edit that is on its way is newer than what was held.
    if (this.held.delete(element) && !this.isPending(element)) write(element, value);
  }

  /** @param {any} element */
  isPending(element) {
    return this.unsent.has(element) || /** @type {number} */ (this.sent.get(element)) > this.acknowledged;
  }

  /** The server's value of a field. @param {any} element @param {string} slot @param {any} value */
  set(element, slot, value) {
    if (value === null) return;
    if (slot !== ".selected" && this.isPending(element)) {
      this.held.delete(element); // the server will answer the edit that is on its way
    } else if (slot === ".checked") {
      element.checked = value;
    } else if (slot === ".selected") {
      const chosen = new Set(value);
      [...element.options].forEach((option, index) => {
        if (option.selected !== chosen.has(index)) option.selected = chosen.has(index);
      });
    } else if (!isTyped(element)) {
      write(element, value);
    } else if (isOwned(element) && (!this.answered.has(element.$id) || this.composing === element)) {
      this.held.set(element, value);
    } else {
      this.held.delete(element);
      write(element, value);
    }
  }
}

/** A person is in it. @param {any} element */
function isOwned(element) {
  return document.activeElement === element && document.hasFocus();
}

/**
 * Set the value and keep the caret where it was in the text. False: not empty, but no value; that
 * is left alone where it was typed, and an empty field everywhere else.
 * @param {any} element @param {string | false} value
 */
function write(element, value) {
  const unreadable = isUnreadable(element);
  if (value === false) {
    if (unreadable) return;
    value = "";
  }
  const old = element.value;
  if (old === value && !unreadable) return;
  // Number fields have no caret: null.
  const caret = document.activeElement === element ? element.selectionEnd : null;
  element.value = value;
  if (caret === null) return;
  let same = 0;
  while (same < caret && old[same] === value[same]) same++;
  // What follows the caret keeps following it; in a text that changed before it, so does the caret.
  const at = same === caret ? caret : Math.max(same, value.length - (old.length - caret));
  element.setSelectionRange(at, at);
}
