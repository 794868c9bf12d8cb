/**
 * The page: connects the replica of the document, the fields, the link and the shell around the view.
 * docs/protocol.md describes the messages of the link.
 *
 * A page loads the static imports of this module as one script before its view is shown
 * (packaging/client_bundle.py; a test limits the size of the script). Other modules are loaded on
 * first use. Calls to such a module are queued until it is loaded.
 */

import { Chrome } from "./chrome/chrome.js";
import { Fields, isField } from "./replica/fields.js";
import { Link } from "./replica/link.js";
import { Navigation, here } from "./navigation/navigation.js";
import { later } from "./replica/later.js";
import { Misfit, Replica, WIDGET } from "./replica/replica.js";

/** @typedef {import("./replica/replica.js").DocumentNode} DocumentNode */

const root = /** @type {HTMLElement} */ (document.querySelector("main"));
/** Milliseconds after which the element of an unacknowledged event is marked. */
const PENDING_DELAY = 16;

const fields = new Fields(sendEvent);
/**
 * @type {import("./replica/widgets.js").Widgets | undefined} set when the page has its first
 * widget
 */
let widgets;
const withWidgets = later(async () => {
  const { Widgets } = await import("./replica/widgets.js");
  return (widgets = new Widgets(root, reportEvent, report));
}, report);
const replica = new Replica(root, (element, slot, value) => {
  if (slot !== WIDGET) return fields.set(element, slot, value);
  // As soon as `$widget` is set, children without an id belong to the widget.
  element.$widget ||= {};
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  withWidgets((widgets) => widgets.set(element, value, focused));
}, report);
const chrome = new Chrome();
const send = (/** @type {object} */ message) => link.send(message);
const attach = () => send({ t: "attach", url: here() });
const flush = () => fields.flush();
/** @type {import("./chrome/commands.js").Commands | undefined} set when it is loaded */
let commands;
const withCommands = later(async () => {
  const { Commands } = await import("./chrome/commands.js");
  return (commands = new Commands({ send, chrome, link, navigation, replica, attach, flush, root, report, reportEvent }));
}, report);
/** The timer that loads the commands; 0 before the first frame. */
let warming = 0;
const navigation = new Navigation({
  send,
  go: (how, url) => withCommands((commands) => commands.navigation[how](url)),
  isNative: () => Boolean(chrome.window.native),
}, root);
const link = new Link({
  welcome: () => {
    if (document.hidden) send({ t: "visible", on: false });
    flush();
    return { url: here(), document: replica.document, revision: replica.revision };
  },
  message: receive,
  acknowledged: (number) => {
    fields.handled(number, []);
    widgets?.acknowledged(number);
    commands?.busy.unmark();
  },
  state: (state) => {
    chrome.connected(state);
    // Show the notice for the state, and load the commands if that failed while the link was down.
    if (warming || state !== "live") withCommands();
  },
});

fields.link = link;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key?.[0] === "F") withCommands((commands) => commands.key(event));
});
for (const name of ["menu", "new"]) {
  document.querySelector(`.shell-${name}`)?.addEventListener("click", () => withCommands((commands) => commands.run(name)));
}

/** @param {import("./replica/link.js").Update} message */
function receive(message) {
  const { frame, acknowledged = 0, answered } = message;
  fields.acknowledged = Math.max(fields.acknowledged, acknowledged);
  if (frame) {
    // Link files before the document is updated: a new widget waits for its style sheets.
    const files = frame.meta?.files;
    if (files?.length) withWidgets((widgets) => widgets.link(files));
    const moved = message.document !== replica.document;
    try {
      replica.apply(message.document, frame);
    } catch (error) {
      // A snapshot repairs any difference. If a snapshot fails too, do not request another.
      if (!(error instanceof Misfit)) report(error);
      if (!frame.tree) send({ t: "resync" });
    }
    if (frame.meta) chrome.meta(frame.meta);
    navigation.applied(moved);
    if (moved) chrome.bar?.mark();
    warming ||= window.setTimeout(withCommands);
  }
  fields.handled(acknowledged, answered);
  for (const effect of message.effects || []) perform(effect);
}

/**
 * The functions for effects of the server, by tag. The less urgent functions are in
 * chrome/commands.js. The effects are declared in shell/everview/runtime/windows/effects.py; a test
 * compares the tags.
 * @type {Record<string, (effect: any) => any>}
 */
const effects = {
  focus: ({ node }) => replica.nodes.get(node)?.focus(),
  hidden: ({ nodes }) => {
    for (const [id, hidden] of nodes) {
      replica.nodes.get(id)?.toggleAttribute("hidden", hidden);
    }
  },
  lost: ({ number }) => {
    // Check this first: when the event is acknowledged, it is removed from the link.
    if (!widgets?.isQuiet(number) && !link.isQuiet(number)) withCommands((commands) => commands.lost());
  },
  reply: ({ event, data }) => widgets?.answer(event, data),
  window: (state) => {
    const before = chrome.window;
    chrome.show(state);
    commands?.shown(before);
  },
};

/** @param {{t: string}} effect */
function perform(effect) {
  if (Object.hasOwn(effects, effect.t)) effects[effect.t](effect);
  else withCommands((commands) => commands.perform(effect));
}

let marking = 0;

/** Send an event of an element of the view. @param {DocumentNode} element @param {string} name @param {any} data */
function sendEvent(element, name, data) {
  const number = link.event({ document: replica.document, node: element.$id, name, data });
  // Most events are handled before the next paint; marking their elements would cost style updates.
  marking ||= window.setTimeout(() => {
    marking = 0;
    withCommands((commands) => commands.busy.mark());
  }, PENDING_DELAY);
  return number;
}

/** The nearest element that listens. @param {DocumentNode} target @param {string} name */
function listener(target, name) {
  for (let node = target; node && node !== root; node = node.parentNode) {
    if (node.hasAttribute("data-ignore")) return null; // only the browser handles this element
    if (node.$events?.has(name)) return node.matches(":disabled") ? null : node;
  }
  return null;
}

/** @param {string} name @param {DocumentNode} target @param {any} data @param {Event} [event] */
function reportEvent(name, target, data, event) {
  const element = listener(target, name);
  if (element) return reportAt(element, name, data, event);
}

/** @param {DocumentNode} element the listener @param {string} name @param {any} data @param {Event | false} [event] */
function reportAt(element, name, data, event) {
  if (event) event.preventDefault();
  flush();
  return sendEvent(element, name, data);
}

/** @param {string} name @param {(event: any) => void} handle */
const listen = (name, handle) => root.addEventListener(name, handle);

/** The pressed modifier keys. @param {MouseEvent | KeyboardEvent} event */
const modifiers = ({ altKey: alt, ctrlKey: ctrl, metaKey: meta, shiftKey: shift }) => ({ alt, ctrl, meta, shift });

listen("click", (event) => {
  const { target, detail, clientX: x, clientY: y } = event;
  const element = listener(target, "click");
  if (!element) return;
  // The handler of a link replaces its default action; a check box in a clickable row still toggles.
  const anchor = target.closest("a");
  // A click by key or script (detail 0) has no position. Avoid reading sizes: it forces a layout.
  const { offsetWidth: width = 0, offsetHeight: height = 0 } = detail ? element : {};
  reportAt(element, "click", { x, y, ...modifiers(event), width, height }, element.contains(anchor) && event);
});
listen("input", ({ target }) => fields.edited(target));
listen("change", ({ target }) => {
  if (target.type !== "file") return fields.settled(target);
  const files = [...target.files]; // the list itself is emptied after the upload
  withCommands((commands) => commands.uploads.chosen(target, files));
});
// Ignore the loss of focus of an element that a frame moves or removes: the user did not cause it.
listen("focusin", ({ target }) => replica.applying || reportEvent("focus", target, null));
listen("focusout", ({ target }) => {
  if (replica.applying) return;
  fields.left(target);
  reportEvent("blur", target, null);
});
for (const name of ["keydown", "keyup"]) {
  listen(name, (event) => {
    const { target, key, code, isComposing } = event;
    if (isComposing) return;
    if (key === "Enter" && isField(target)) fields.flush(target);
    reportEvent(name, target, { key, code, ...modifiers(event) });
  });
}
// Only the view resets its fields. A browser would reset them without an event for each field.
listen("reset", (event) => {
  event.preventDefault();
  reportEvent("reset", event.target, null);
});
listen("submit", (event) => {
  event.preventDefault();
  const { target } = event;
  flush();
  // A double click would submit the form twice. Therefore, while a submit is pending, the form is
  // submitted again only after a new edit.
  const isNew = [...target.elements].some((element) => /** @type {number} */ (fields.sent.get(element)) > target.$submit);
  if (target.$submit > fields.acknowledged && !isNew) return;
  target.$submit = reportEvent("submit", target, null);
});
listen("drop", ({ target, clientX: x, clientY: y, dataTransfer }) => {
  if (!dataTransfer) return;
  // The data can be read only during this event.
  const [urls, text] = ["text/uri-list", "text/plain"].map((type) => dataTransfer.getData(type));
  const files = [...dataTransfer.files];
  withCommands((commands) => commands.uploads.dropped(target, { x, y }, { urls, text, files }));
});
/**
 * Whether the browser inserts what is dropped into a field: it contains text, and the view does not
 * handle the drop itself.
 * @param {DragEvent} event
 */
function isForField({ target, dataTransfer }) {
  const element = /** @type {DocumentNode} */ (target);
  return !dataTransfer?.types.includes("Files") && element.matches?.(":read-write") && !listener(element, "drop");
}
// By default, a drop outside of fields would replace the page.
for (const name of /** @type {const} */ (["dragover", "drop"])) addEventListener(name, (event) => isForField(event) || event.preventDefault());

for (const name of ["blur", "pagehide"]) addEventListener(name, flush);

/** Send an error to the log of the app. @param {any} error */
function report(error) {
  send({ t: "error", text: String(error?.stack || error).slice(0, 4000) });
}
addEventListener("error", ({ error, message }) => report(error || message));
addEventListener("unhandledrejection", ({ reason }) => report(reason));
