/** Shortcuts: what they are called, and which key press is one. `Mod` is Ctrl, on a Mac the command key. */

import { t } from "../t.js";

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const SIGNS = { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧" };

/** `"Mod+Shift+P"` in parts. @param {string} shortcut */
function parse(shortcut) {
  const parts = shortcut.split(/\+(?!$)/);
  const key = /** @type {string} */ (parts.pop());
  return { key, modifiers: new Set(parts) };
}

/** Whether a person may be typing what looks like a shortcut. @param {KeyboardEvent} event */
export function isTyping(event) {
  // AltGr is Ctrl and Alt at once on Windows, and makes @ and € elsewhere too.
  const altGr = event.getModifierState("AltGraph") || (!isMac && event.ctrlKey && event.altKey);
  return event.isComposing || event.keyCode === 229 || altGr;
}

/** @param {KeyboardEvent} event @param {string} shortcut */
export function isPressed(event, shortcut) {
  const { key, modifiers } = parse(shortcut);
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  if (mod !== modifiers.has("Mod") || other !== modifiers.has("Ctrl") || event.altKey !== modifiers.has("Alt")) return false;
  // Where a sign is on the keyboard, and whether it needs Shift, differs from one to the next.
  const isSign = key.length === 1 && !/[A-Z]/.test(key);
  if (!isSign && event.shiftKey !== modifiers.has("Shift")) return false;
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  // Keyboards without Latin letters: the place of the key counts.
  return /^[A-Z]$/.test(key) && event.key.charCodeAt(0) > 127 && event.code === `Key${key}`;
}

/** For people: "Ctrl+N", "⌘N". @param {string} shortcut */
export function keyText(shortcut) {
  const { key, modifiers } = parse(shortcut);
  const names = { ArrowLeft: "←", ArrowRight: "→", Enter: t("Enter"), "-": "−" };
  const last = names[/** @type {keyof typeof names} */ (key)] || key;
  const all = [...modifiers].map((name) => /** @type {keyof typeof SIGNS} */ (name));
  if (isMac) return all.map((name) => SIGNS[name]).join("") + last;
  const words = { Mod: t("Ctrl"), Ctrl: t("Ctrl"), Alt: t("Alt"), Shift: t("Shift") };
  return [...all.map((name) => words[name]), last].join("+");
}

/** For `aria-keyshortcuts`. @param {string} shortcut */
export const ariaKeys = (shortcut) => shortcut.replace("Mod", isMac ? "Meta" : "Control").replace("Ctrl", "Control");
