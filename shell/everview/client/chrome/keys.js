/** Names of shortcuts, and tests whether an event matches a shortcut. `Mod` is Ctrl, or the command key on a Mac. */

import { t } from "../t.js";

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const SIGNS = { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧" };

/** Split a shortcut such as `"Mod+Shift+P"`. @param {string} shortcut */
function parse(shortcut) {
  const parts = shortcut.split(/\+(?!$)/);
  const key = /** @type {string} */ (parts.pop());
  return { key, modifiers: new Set(parts) };
}

/** Whether the event may be typed text, although its keys match a shortcut. @param {KeyboardEvent} event */
export function isTyping(event) {
  // AltGr types characters such as @ and €. Windows reports it as Ctrl and Alt.
  const altGr = event.getModifierState("AltGraph") || (!isMac && event.ctrlKey && event.altKey);
  return event.isComposing || event.keyCode === 229 || altGr;
}

/** @param {KeyboardEvent} event @param {string} shortcut */
export function isPressed(event, shortcut) {
  const { key, modifiers } = parse(shortcut);
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  if (mod !== modifiers.has("Mod") || other !== modifiers.has("Ctrl") || event.altKey !== modifiers.has("Alt")) return false;
  // Ignore Shift for punctuation, because keyboard layouts differ.
  const isSign = key.length === 1 && !/[A-Z]/.test(key);
  if (!isSign && event.shiftKey !== modifiers.has("Shift")) return false;
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  // On keyboards without Latin letters, use the position of the key.
  return /^[A-Z]$/.test(key) && event.key.charCodeAt(0) > 127 && event.code === `Key${key}`;
}

/** The text for users: "Ctrl+N", "⌘N". @param {string} shortcut */
export function keyText(shortcut) {
  const { key, modifiers } = parse(shortcut);
  const names = { ArrowLeft: "←", ArrowRight: "→", Enter: t("Enter"), "-": "−" };
  const last = names[/** @type {keyof typeof names} */ (key)] || key;
  const all = [...modifiers].map((name) => /** @type {keyof typeof SIGNS} */ (name));
  if (isMac) return all.map((name) => SIGNS[name]).join("") + last;
  const words = { Mod: t("Ctrl"), Ctrl: t("Ctrl"), Alt: t("Alt"), Shift: t("Shift") };
  return [...all.map((name) => words[name]), last].join("+");
}

/** The value of `aria-keyshortcuts`. @param {string} shortcut */
export const ariaKeys = (shortcut) => shortcut.replace("Mod", isMac ? "Meta" : "Control").replace("Ctrl", "Control");
