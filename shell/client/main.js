/**
 * The page: connects the tree, the fields, the link and what is around the view.
 * docs/protocol.md describes what goes over the link.
 */

import { Chrome } from "./chrome.js";
import { Fields, isField } from "./fields.js";
import { link as linkFiles } from "./files.js";
import { Link } from "./link.js";
import { Navigation, here } from "./navigation.js";
import { t } from "./t.js";
import { Misfit, Tree, WIDGET } from "./tree.js";
import { Uploads } from "./uploads.js";
import { Widgets } from "./widgets.js";

const root = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {Map<number, any>} elements whose event waits for its frame, by the event's number */
const waiting = new Map();
const FRAME = 16;

const fields = new Fields(send);
const widgets = new Widgets(root, (name, node, data) => reportEvent(name, node, data), report);
const tree = new Tree(root, (element, slot, value) => {
  if (slot === WIDGET) widgets.set(element, value);
  else fields.set(element, slot, value);
});
const chrome = new Chrome();
const say = (/** @type {any} */ message) => link.say(message);
const notice = (/** @type {string} */ text, /** @type {string} */ kind) => chrome.notices.show(text, kind);
const navigation = new Navigation({ say, attach, leave: () => fields.flush(), isNative: () => chrome.window.native }, root);
new Uploads(root, notice);
const link = new Link({
  welcome: () => {
    if (document.hidden) link.say({ t: "visible", on: false });
    return { url: here(), document: tree.document, revision: tree.revision };
  },
  message: receive,
  state: (state) => chrome.state(state),
});
link.onacknowledged = (/** @type {number} */ number) => {
  fields.acknowledged = number;
  widgets.acknowledged(number);
  for (const [event, element] of waiting) {
    if (event > number) break;
    waiting.delete(event);
    if (element.hasAttribute("data-pending")) mark(element, [...waiting.values()].includes(element));
  }
};
let marking = 0;
function markWaiting() {
  marking = 0;
  for (const element of waiting.values()) if (!isField(element)) mark(element, true);
}

/** Elements whose event is being handled are marked, as a hook for styles. @param {any} element @param {boolean} pending */
function mark(element, pending) {
  if (element.hasAttribute("data-pending") !== pending) element.toggleAttribute("data-pending", pending);
}

function attach() {
  say({ t: "attach", url: here() });
}

/** @type {any} what somebody has to ask for; null while it comes */
let commands = null;
/** @type {Promise<any> | undefined} */
let coming;

/** Do something with the commands, now or when they are there. @param {(commands: any) => void} use */
function ask(use) {
  if (commands) return use(commands);
  coming ||= import("./commands.js").then((module) => {
    commands = new module.Commands({ say, chrome, navigation, here, root, report });
  });
  coming.then(() => use(commands)).catch(report);
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key?.[0] === "F") ask((commands) => commands.key(event));
});
for (const name of ["menu", "new"]) {
  document.querySelector(`.shell-${name}`)?.addEventListener("click", () => ask((commands) => commands.run(name)));
}

/** @param {any} message */
function receive(message) {
  if (message.ack) fields.acknowledged = message.ack;
  // Before the tree: a widget that is new waits for its style sheets.
  if (message.frame?.meta?.files) linkFiles(message.frame.meta.files, report);
  if (message.frame) {
    if (message.answered) fields.answered = new Set(message.answered);
    const moved = message.document !== tree.document;
    try {
      tree.apply(message.document, message.frame);
    } catch (error) {
      // Whatever is wrong with the copy, a snapshot mends it; one that fails too is not asked again.
      if (!(error instanceof Misfit)) report(error);
      if (!message.frame.tree) link.say({ t: "resync" });
    }
    if (message.answered) fields.answered.clear();
    if (message.frame.meta) chrome.meta(message.frame.meta);
    navigation.applied(moved);
    if (moved) chrome.mark();
    if (!coming) setTimeout(() => ask(() => {})); // when what was asked for is there
  }
  for (const effect of message.effects || []) perform(effect);
}

/** @param {any} effect */
function perform(effect) {
  if (effect.notice) notice(effect.notice, effect.kind);
  else if (effect.lost) widgets.isQuiet(effect.lost) || notice(t("That could not be done: it was no longer there."), "error");
  else if (effect.reply) widgets.answer(effect.reply[0], effect.reply[1]);
  else if (effect.hidden) {
    for (const [id, hidden] of effect.hidden) {
      const node = tree.nodes.get(id);
      if (node) node.hidden = hidden;
    }
  } else if (effect.focus) tree.nodes.get(effect.focus)?.focus();
  else if (effect.redirect) navigation.go(effect.redirect);
  else if (effect.load) navigation.load(effect.load, effect.back);
  else if (effect.download) navigation.download(effect.download);
  else if (effect.message !== undefined) dispatchEvent(new CustomEvent("everview-message", { detail: effect.message }));
  else if (effect.window) {
    const { zoom, native } = chrome.window;
    chrome.show(effect.window);
    if (native && zoom !== effect.window.zoom) ask((commands) => commands.zoomed());
  } else if (effect.open) navigation.open(effect.open);
  else if (effect.close) window.close();
  else ask((commands) => commands.take(effect));
}

/** Send an event of an element of the view. @param {any} element @param {string} name @param {any} data */
function send(element, name, data) {
  const number = link.event({ document: tree.document, node: element.$id, name, data });
  waiting.set(number, element);
  // Nobody sees less than a frame: most events are done before it is drawn, and cost no style.
  marking ||= setTimeout(markWaiting, FRAME);
  return number;
}

/** The nearest element that listens. @param {any} target @param {string} name */
function listener(target, name) {
  for (let node = target; node && node !== root; node = node.parentNode) {
    if (node.dataset?.ignore !== undefined) return null; // left to the browser
    if (node.$events?.has(name)) return node;
  }
  return null;
}

/** @param {string} name @param {any} target @param {any} data @param {Event} [event] */
function reportEvent(name, target, data, event) {
  const element = listener(target, name);
  return element && !element.disabled ? reportAt(element, name, data, event) : undefined;
}

/** @param {any} element that listens @param {string} name @param {any} data @param {Event} [event] */
function reportAt(element, name, data, event) {
  event?.preventDefault();
  fields.flush();
  return send(element, name, data);
}

root.addEventListener("click", (event) => {
  const { target, clientX: x, clientY: y, altKey, ctrlKey, metaKey, shiftKey } = event;
  const element = listener(target, "click");
  if (!element || element.disabled) return;
  // A link with a handler is the handler's; a check box in a clickable row still toggles.
  const anchor = /** @type {any} */ (target).closest("a");
  // A click by key or script has no position (detail 0). Asking for a size would force a layout.
  const { offsetWidth: width = 0, offsetHeight: height = 0 } = event.detail ? element : {};
  const data = { x, y, alt: altKey, ctrl: ctrlKey, meta: metaKey, shift: shiftKey, width, height };
  reportAt(element, "click", data, anchor && element.contains(anchor) ? event : undefined);
});
root.addEventListener("input", ({ target }) => fields.edited(target));
// Every edit came as an input event before; what follows it is not another edit.
root.addEventListener("change", ({ target }) => fields.settled(target));
// What a frame moves or removes loses the focus too: that is nothing a person did.
root.addEventListener("focusin", ({ target }) => tree.applying || reportEvent("focus", target, null));
root.addEventListener("focusout", ({ target }) => {
  if (tree.applying) return;
  fields.left(target);
  reportEvent("blur", target, null);
});
root.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && isField(event.target)) fields.flush(event.target);
  reportKey(event);
});
root.addEventListener("keyup", reportKey);

/** @param {KeyboardEvent} event */
function reportKey(event) {
  const { type, target, key, code, altKey, ctrlKey, metaKey, shiftKey, isComposing } = event;
  if (isComposing) return;
  const data = { key, code, alt: altKey, ctrl: ctrlKey, meta: metaKey, shift: shiftKey };
  reportEvent(type, target, data);
}
root.addEventListener("dragover", (event) => {
  if (listener(event.target, "drop")) event.preventDefault();
});
root.addEventListener("drop", (event) => {
  const { target, clientX: x, clientY: y, dataTransfer } = event;
  if (!dataTransfer) return;
  const urls = dataTransfer.getData("text/uri-list").split("\r\n").filter((line) => line && line[0] !== "#");
  const files = [...dataTransfer.files].map(({ name, size, type }) => ({ name, size, type }));
  const text = dataTransfer.getData("text/plain").slice(0, 1_000_000);
  reportEvent("drop", target, { x, y, text, urls: urls.slice(0, 1000), files: files.slice(0, 1000) }, event);
});
// What is in the fields is the view's to reset: by itself a page would do so and tell nobody.
root.addEventListener("reset", (event) => {
  event.preventDefault();
  reportEvent("reset", event.target, null, event);
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  reportEvent("submit", event.target, null, event);
});

addEventListener("blur", () => fields.flush());
addEventListener("pagehide", () => fields.flush());
document.addEventListener("visibilitychange", () => {
  fields.flush();
  link.say({ t: "visible", on: !document.hidden });
});

/** @param {any} error */
function report(error) {
  link.say({ t: "error", text: String(error?.stack || error).slice(0, 4000) });
}
addEventListener("error", ({ error, message }) => report(error || message));
addEventListener("unhandledrejection", ({ reason }) => report(reason));
