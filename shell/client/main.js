/**
 * The page: connects the tree, the fields, the link and what is around the view.
 * docs/protocol.md describes what goes over the link.
 *
 * What this imports statically is what a page loads before its view is there, as one script
 * (shell/server/joining.py; a test counts its bytes). The rest comes on first use, and what happens
 * before it is there waits for it, in order.
 */

import { Chrome } from "./chrome.js";
import { Fields, isField } from "./fields.js";
import { Link } from "./link.js";
import { Navigation, here } from "./navigation.js";
import { later } from "./later.js";
import { Misfit, Tree, WIDGET } from "./tree.js";

const root = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {Map<number, any>} elements whose event waits for its frame, by the event's number */
const waiting = new Map();
const FRAME = 16;
/** What files can be sent to at once (uploads.js). */
const BUCKET = "[data-shell-bucket]";

const fields = new Fields(send);
/** @type {any} the widgets, if this page ever had one */
let widgets;
const withWidgets = later(async () => {
  const { Widgets } = await import("./widgets.js");
  return (widgets = new Widgets(root, (/** @type {string} */ name, /** @type {any} */ node, /** @type {any} */ data) => reportEvent(name, node, data), report));
}, report);
const tree = new Tree(root, (element, slot, value) => {
  if (slot !== WIDGET) return fields.set(element, slot, value);
  // What the element has from now on is the widget's, for the tree too.
  element.$widget ||= {};
  const focused = document.activeElement;
  withWidgets((widgets) => widgets.set(element, value, focused));
});
const chrome = new Chrome();
const say = (/** @type {any} */ message) => link.say(message);
const navigation = new Navigation({ say, attach, leave: () => fields.flush(), isNative: () => chrome.window.native }, root);
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
  widgets?.acknowledged(number);
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

/** Do something with what somebody has to ask for. */
const ask = later(async () => {
  const { Commands } = await import("./commands.js");
  return new Commands({ say, chrome, navigation, here, root, report });
}, report);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key?.[0] === "F") ask((commands) => commands.key(event));
});
for (const name of ["menu", "new"]) {
  document.querySelector(`.shell-${name}`)?.addEventListener("click", () => ask((commands) => commands.run(name)));
}

/** Set when what is not needed for the first view was begun to be loaded. */
let warming = 0;

/** @param {any} message */
function receive(message) {
  if (message.ack) fields.acknowledged = message.ack;
  // Before the tree: a widget that is new waits for its style sheets.
  const files = message.frame?.meta?.files;
  if (files?.length) withWidgets((widgets) => widgets.link(files));
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
    warming ||= setTimeout(ask); // when what was asked for is there
  }
  for (const effect of message.effects || []) perform(effect);
}

/** @param {any} effect */
function perform(effect) {
  if (effect.lost && widgets?.isQuiet(effect.lost)) return; // it is not known any more when it is acknowledged
  if (effect.reply) widgets?.answer(...effect.reply);
  else if (effect.hidden) {
    for (const [id, hidden] of effect.hidden) {
      const node = tree.nodes.get(id);
      if (node) node.hidden = hidden;
    }
  } else if (effect.focus) tree.nodes.get(effect.focus)?.focus();
  else if (effect.redirect) navigation.go(effect.redirect);
  else if (effect.window) {
    const { zoom, native } = chrome.window;
    chrome.show(effect.window);
    if (native && zoom !== effect.window.zoom) ask((commands) => commands.zoomed());
  } else ask((commands) => commands.take(effect));
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
root.addEventListener("change", ({ target }) => {
  const { type, files } = /** @type {any} */ (target);
  if (type !== "file") fields.settled(target);
  else if (/** @type {any} */ (target).matches(BUCKET)) upload(target, files);
});

/** Files were chosen in an element, or dropped on it. @param {any} element @param {FileList} list */
function upload(element, list) {
  const field = element.closest?.(BUCKET);
  const files = [...list]; // the list itself is empty as soon as this event is over
  if (field && files.length) ask((commands) => commands.uploads.send(field, files));
}
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
root.addEventListener("drop", (event) => {
  const { target, clientX: x, clientY: y, dataTransfer } = event;
  if (!dataTransfer) return;
  const urls = dataTransfer.getData("text/uri-list").split("\r\n").filter((line) => line && line[0] !== "#");
  const files = [...dataTransfer.files].map(({ name, size, type }) => ({ name, size, type }));
  const text = dataTransfer.getData("text/plain").slice(0, 1_000_000);
  reportEvent("drop", target, { x, y, text, urls: urls.slice(0, 1000), files: files.slice(0, 1000) }, event);
  upload(target, dataTransfer.files);
});
// Whatever is dropped where nothing takes it would replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
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
