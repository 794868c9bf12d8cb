/**
 * The values of fields. While the user types, the page owns the value. Otherwise the server owns
 * the value.
 *
 * Edits are sent shortly after typing stops, and at once when the field loses the focus, on Enter and
 * before any other event. A value from the server is set at once, or deferred as long as one of these is true:
 * - the server has not handled the last edit of the field (a frame may come before that);
 * - the user has typed in the field since it got the focus, and no handler of this window's event set its
 *   value ("answered");
 * - a composition (IME) runs in it.
 * Only a newer value from the server replaces a deferred one. docs/protocol.md ("Fields").
 */

/** @typedef {import("./replica.js").DocumentNode} DocumentNode */

/** Milliseconds from the last key until an edit is sent. */
const DELAY = 150;
/** Characters above which a text is set without undo: Chromium takes seconds for a long edit. */
const MAX_UNDO = 20_000;
const NOT_TYPED = new Set(["checkbox", "radio", "range", "color"]);
const DATE = /^(date|time|month|week)/;

/**
 * Whether an element is a field with a value. File fields are excluded, because they have no
 * value to report.
 * @param {DocumentNode} element
 */
export function isField(element) {
  return element.matches?.("input:not([type=file]), textarea, select");
}

/** @param {DocumentNode} element */
function isTyped(element) {
  return element.tagName !== "SELECT" && !NOT_TYPED.has(element.type);
}

/** True if the typed text is not, or not yet, a number or a date. @param {DocumentNode} element */
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
  /** @type {Map<DocumentNode, {slot: string, value: any}>} the newest values from the server that could not be set yet */
  deferred = new Map();
  /** @type {WeakMap<DocumentNode, string>} the values that were last sent or set, as text */
  agreed = new WeakMap();
  /** True while this page sets the value of a field, because that causes an input event. */
  writing = false;
  /** The number of the last event that the server has handled. */
  acknowledged = 0;
  /**
   * While the link is down, only the newest edit of each field is stored, unless another event follows.
   * @type {{live: boolean}}
   */
  link = { live: false };
  /** @type {Set<number>} ids of fields whose value a handler of this window's event set */
  answered = new Set();
  /** @type {EventTarget | null} the field with a running composition (IME) */
  composing = null;
  /** @type {DocumentNode | null} the field that the user has edited since it got the focus */
  typing = null;

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
    if (this.writing || !isField(element) || element.$id === undefined || this.composing === element) return;
    this.typing = element;
    const delay = isTyped(element) ? (element.$events?.get("change") ?? DELAY) : 0;
    clearTimeout(this.unsent.get(element));
    this.unsent.set(element, delay && window.setTimeout(() => this.flush(element), delay));
    if (!delay) this.flush(element);
  }

  /**
   * Send an edit that the browser reported as complete. Date fields report this after every key (the
   * year 0002 while the user types 2026), so their edits are sent like typed text. Autofill may
   * report only this.
   * @param {DocumentNode} element
   */
  settled(element) {
    if (!this.unsent.has(element) && this.agreed.get(element) !== String(valueOf(element))) this.edited(element);
    if (!DATE.test(element.type)) this.flush(element);
  }

  /** Send unsent edits of one field or of all. @param {DocumentNode} [only] */
  flush(only) {
    for (const [element, timer] of [...this.unsent]) {
      if (only && (element !== only || !this.link.live)) continue;
      clearTimeout(timer);
      this.unsent.delete(element);
      if (!element.isConnected) continue;
      const value = valueOf(element);
      this.agreed.set(element, String(value));
      this.sent.set(element, this.send(element, "change", value));
    }
  }

  /** After a field lost the focus, send its edit or set its deferred value. @param {DocumentNode} element */
  left(element) {
    this.flush(element);
    if (this.typing === element) this.typing = null;
    this.settle(element);
  }

  /** The server has handled all events up to a number. @param {number} number @param {number[]} [answered] */
  handled(number, answered) {
    this.acknowledged = Math.max(this.acknowledged, number);
    this.answered = new Set(answered);
    for (const element of this.deferred.keys()) this.settle(element);
  }

  /** Whether the field has an edit that was not handled yet. @param {DocumentNode} element */
  isPending(element) {
    return this.unsent.has(element) || /** @type {number} */ (this.sent.get(element)) > this.acknowledged;
  }

  /** Set a value from the server, or defer it. @param {DocumentNode} element @param {string} slot @param {any} value */
  set(element, slot, value) {
    if (value === null) return;
    // Store option elements, not indexes: the options may change before the value is set.
    if (slot === ".selected") value = new Set(value.map((/** @type {number} */ index) => element.options[index]));
    this.deferred.set(element, { slot, value });
    this.settle(element);
  }

  /**
   * Set the deferred value of a field, if no rule defers it any longer.
   * @param {DocumentNode} element
   */
  settle(element) {
    const deferred = this.deferred.get(element);
    if (!deferred || this.isPending(element) || this.composing === element) return;
    const { slot, value } = deferred;
    const isOwned = slot === ".value" && isTyped(element) && this.typing === element && hasFocus(element);
    if (isOwned && element.isConnected && !this.answered.has(element.$id)) return;
    this.deferred.delete(element);
    this.writing = true;
    if (slot === ".checked") element.checked = value;
    else if (slot === ".value") write(element, value);
    else {
      for (const option of element.options) {
        if (option.selected !== value.has(option)) option.selected = value.has(option);
      }
    }
    this.writing = false;
    this.agreed.set(element, String(valueOf(element)));
  }
}

/** Whether the field has the focus in the active window. @param {DocumentNode} element */
function hasFocus(element) {
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
  if (caret === null || Math.max(old.length, value.length) > MAX_UNDO) {
    element.value = value;
  } else replaceText(element, old, value);
  if (caret === null) return;
  let same = 0;
  while (same < caret && old[same] === value[same]) same++;
  // If the text changed before the caret, keep the distance to the end of the text.
  const position = same === caret ? caret : Math.max(same, value.length - (old.length - caret));
  element.setSelectionRange(position, position);
}

/**
 * Replace the text of the field that has the focus. The user can undo it, because it is done as an edit.
 * @param {DocumentNode} element @param {string} old @param {string} value
 */
function replaceText(element, old, value) {
  let start = 0;
  let end = 0;
  const shortest = Math.min(old.length, value.length);
  while (start < shortest && old[start] === value[start]) start++;
  while (end < shortest - start && old.at(-1 - end) === value.at(-1 - end)) end++;
  const added = value.slice(start, value.length - end);
  element.setSelectionRange(start, old.length - end);
  document.execCommand(added ? "insertText" : "delete", false, added);
  // Read-only fields and fields with a maximum length refuse edits.
  if (element.value !== value) element.value = value;
}
