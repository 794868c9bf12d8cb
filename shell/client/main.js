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
import { later } from "./later.js";
import { Misfit, Tree, WIDGET } from "./tree.js";

const root = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {Map<number, any>} elements whose event waits for its frame, by the event's number */
const waiting = new Map();
const FRAME = 16;

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
const chrome = new Chrome((text) => ask((commands) => commands.notices.speak(text)));
const say = (/** @type {any} */ message) => link.say(message);
/** What is shown, for the server: parts of a page are the page's. */
const here = () => location.pathname + location.search;
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

/** @type {any} what somebody has to ask for, when it is there */
let commands;
/** Do something with it. */
const ask = later(async () => {
  const { Commands } = await import("./commands.js");
  return (commands = new Commands({ say, chrome, here, places, attach, leave: () => fields.flush(), root, report, reportEvent }));
}, report);
history.scrollRestoration = "manual"; // what is to be scrolled to comes with a frame
/** Where entries of the history were scrolled to, by their names (navigation.js). @type {Record<string, number>} */
const places = JSON.parse(sessionStorage.getItem("everview-scroll") || "{}");
addEventListener("popstate", ({ state }) => ask((commands) => commands.navigation.popped(state)));
// Where a link leads is decided there, too: one that is followed before waits.
addEventListener("click", (event) => {
  const anchor = !commands && /** @type {any} */ (event.target).closest("a[href]");
  if (!anchor) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(() => anchor.click());
}, true);
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
    if (commands) commands.navigation.applied(moved);
    else {
      scrollTo(0, places[history.state?.entry] || 0);
      setTimeout(() => ask((commands) => commands.navigation.applied(moved))); // when this is painted
    }
  }
  for (const effect of message.effects || []) perform(effect);
}

/** @param {any} effect */
function perform(effect) {
  // Of what is lost, nothing is known any more when it is acknowledged.
  if (effect.lost && (widgets?.isQuiet(effect.lost) || link.isQuiet(effect.lost))) return;
  if (effect.reply) widgets?.answer(...effect.reply);
  else if (effect.hidden) {
    for (const [id, hidden] of effect.hidden) {
      const node = tree.nodes.get(id);
      if (node) node.hidden = hidden;
    }
  } else if (effect.focus) tree.nodes.get(effect.focus)?.focus();
  else if (effect.redirect) ask((commands) => commands.navigation.go(effect.redirect));
  else if (effect.window) {
    const before = chrome.window;
    chrome.show(effect.window);
    commands?.shown(before);
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
  else ask((commands) => commands.uploads.chosen(target, [...files]));
});

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
root.addEventListener("drop", (event) => ask((commands) => commands.uploads.dropped(event)));
// Whatever is dropped where nothing takes it would replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
// What is in the fields is the view's to reset: by itself a page would do so and tell nobody.
for (const name of ["reset", "submit"]) {
  root.addEventListener(name, (event) => {
    event.preventDefault();
    reportEvent(name, event.target, null, event);
  });
}
for (const name of ["blur", "pagehide"]) addEventListener(name, () => fields.flush());
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
