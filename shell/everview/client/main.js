/**
 * The page: connects the tree, the fields, the link and what is around the view.
 * docs/protocol.md describes what goes over the link.
 *
 * What this imports statically is what a page loads before its view is there, as one script
 * (shell/everview/server/client_bundle/joining.py; a test counts its bytes). The rest comes on first use, and what happens
 * before it is there waits for it, in order.
 */

import { Chrome } from "./chrome/chrome.js";
import { Fields, isField } from "./replica/fields.js";
import { Link } from "./replica/link.js";
import { Navigation, here } from "./navigation/navigation.js";
import { later } from "./replica/later.js";
import { Misfit, Replica, WIDGET } from "./replica/replica.js";

const root = /** @type {HTMLElement} */ (document.querySelector("main"));
const FRAME = 16;

const fields = new Fields(send);
/** @type {any} the widgets, if this page ever had one */
let widgets;
const withWidgets = later(async () => {
  const { Widgets } = await import("./replica/widgets.js");
  return (widgets = new Widgets(root, reportEvent, report));
}, report);
const tree = new Replica(root, (element, slot, value) => {
  if (slot !== WIDGET) return fields.set(element, slot, value);
  // What the element has from now on is the widget's, for the tree too.
  element.$widget ||= {};
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  withWidgets((widgets) => widgets.set(element, value, focused));
});
const chrome = new Chrome();
const say = (/** @type {any} */ message) => link.say(message);
const attach = () => say({ t: "attach", url: here() });
const leave = () => fields.flush();
/** @type {any} what somebody has to ask for, and all that can wait, when it is there */
let commands;
/** Do something with it. */
const ask = later(async () => {
  const { Commands } = await import("./chrome/commands.js");
  return (commands = new Commands({ say, chrome, link, navigation, replica: tree, attach, leave, root, report, reportEvent }));
}, report);
/** Set when that was begun to be loaded. */
let warming = 0;
const navigation = new Navigation({
  say,
  go: (how, url) => ask((commands) => commands.navigation[how](url)),
  isNative: () => Boolean(chrome.window.native),
}, root);
const link = new Link({
  welcome: () => {
    if (document.hidden) say({ t: "visible", on: false });
    leave();
    return { url: here(), document: tree.document, revision: tree.revision };
  },
  message: receive,
  acknowledged: (number) => {
    fields.acknowledged = number;
    widgets?.acknowledged(number);
    commands?.busy.unmark();
  },
  state: (state) => {
    chrome.connected(state);
    // What says why there is no view; or what could not be loaded while the server was away.
    if (warming || state !== "live") ask();
  },
});

fields.link = link;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key?.[0] === "F") ask((commands) => commands.key(event));
});
for (const name of ["menu", "new"]) {
  document.querySelector(`.shell-${name}`)?.addEventListener("click", () => ask((commands) => commands.run(name)));
}

/** @param {any} message */
function receive(message) {
  if (message.acknowledged) fields.acknowledged = message.acknowledged;
  const { frame } = message;
  if (frame) {
    // Before the tree: a widget that is new waits for its style sheets.
    const files = frame.meta?.files;
    if (files?.length) withWidgets((widgets) => widgets.link(files));
    fields.answered = new Set(message.answered);
    const moved = message.document !== tree.document;
    try {
      tree.apply(message.document, frame);
    } catch (error) {
      // Whatever is wrong with the copy, a snapshot mends it; one that fails too is not asked again.
      if (!(error instanceof Misfit)) report(error);
      if (!frame.tree) say({ t: "resync" });
    }
    if (frame.meta) chrome.meta(frame.meta);
    navigation.applied(moved);
    if (moved) chrome.bar?.mark();
    warming ||= setTimeout(ask); // when what was asked for is there
  }
  for (const effect of message.effects || []) perform(effect);
}

/**
 * What the page does for each effect, by its tag. The effects are declared in
 * shell/everview/runtime/windows/effects.py; a test compares the tags.
 * @type {Record<string, (effect: any) => any>}
 */
const effects = {
  about: (effect) => ask((commands) => commands.use("dialogs", "about", effect)),
  close: () => ask(() => window.close()),
  copy: ({ text }) => ask((commands) => commands.copy(text)),
  download: ({ url }) => ask((commands) => commands.download(url)),
  focus: ({ node }) => tree.nodes.get(node)?.focus(),
  hidden: ({ nodes }) => {
    for (const [id, hidden] of nodes) {
      const node = tree.nodes.get(id);
      if (node) node.hidden = hidden;
    }
  },
  load: ({ url, back }) => ask((commands) => commands.load(url, back)),
  lost: ({ number }) => {
    // The link forgets an event when it is acknowledged, which follows.
    if (!widgets?.isQuiet(number) && !link.isQuiet(number)) ask((commands) => commands.lost());
  },
  message: ({ text }) => ask(() => dispatchEvent(new CustomEvent("everview-message", { detail: text }))),
  notice: ({ text, kind }) => ask((commands) => commands.notices.show(text, kind)),
  open: ({ url }) => ask((commands) => commands.open(url)),
  places: (effect) => ask((commands) => commands.use("palette", "show", effect)),
  quitting: ({ tasks }) => ask((commands) => commands.use("quit", "show", tasks)),
  redirect: ({ url }) => ask((commands) => commands.navigation.go(url)),
  reply: ({ event, data }) => widgets?.answer(event, data),
  window: (state) => {
    const before = chrome.window;
    chrome.show(state);
    commands?.shown(before);
  },
};

/** @param {any} effect */
function perform(effect) {
  if (Object.hasOwn(effects, effect.t)) effects[effect.t](effect);
  else report(new Error(`unknown effect: ${effect.t}`));
}

let marking = 0;

/** Send an event of an element of the view. @param {any} element @param {string} name @param {any} data */
function send(element, name, data) {
  const number = link.event({ document: tree.document, node: element.$id, name, data });
  // Nobody sees less than a frame: most events are done before it is drawn, and cost no style.
  marking ||= setTimeout(() => {
    marking = 0;
    ask((commands) => commands.busy.mark());
  }, FRAME);
  return number;
}

/** The nearest element that listens. @param {any} target @param {string} name */
function listener(target, name) {
  for (let node = target; node && node !== root; node = node.parentNode) {
    if (node.hasAttribute("data-ignore")) return null; // left to the browser
    if (node.$events?.has(name)) return node.disabled ? null : node;
  }
  return null;
}

/** @param {string} name @param {any} target @param {any} data @param {Event} [event] */
function reportEvent(name, target, data, event) {
  const element = listener(target, name);
  if (element) return reportAt(element, name, data, event);
}

/** @param {any} element that listens @param {string} name @param {any} data @param {Event | false} [event] */
function reportAt(element, name, data, event) {
  if (event) event.preventDefault();
  fields.flush();
  return send(element, name, data);
}

/** @param {string} name @param {(event: any) => void} handle */
const listen = (name, handle) => root.addEventListener(name, handle);

/** The keys that are held beside. @param {any} event */
const modifiers = ({ altKey: alt, ctrlKey: ctrl, metaKey: meta, shiftKey: shift }) => ({ alt, ctrl, meta, shift });

listen("click", (event) => {
  const { target, detail, clientX: x, clientY: y } = event;
  const element = listener(target, "click");
  if (!element) return;
  // A link with a handler is the handler's; a check box in a clickable row still toggles.
  const anchor = target.closest("a"); // or null, which is in nothing
  // A click by key or script has no position (detail 0). Asking for a size would force a layout.
  const { offsetWidth: width = 0, offsetHeight: height = 0 } = detail ? element : {};
  reportAt(element, "click", { x, y, ...modifiers(event), width, height }, element.contains(anchor) && event);
});
listen("input", ({ target }) => fields.edited(target));
// Every edit came as an input event before; what follows it is not another edit.
listen("change", ({ target }) => {
  if (target.type !== "file") return fields.settled(target);
  const files = [...target.files]; // the list itself is empty as soon as they are sent
  ask((commands) => commands.uploads.chosen(target, files));
});
// What a frame moves or removes loses the focus too: that is nothing a person did.
listen("focusin", ({ target }) => tree.applying || reportEvent("focus", target, null));
listen("focusout", ({ target }) => {
  if (tree.applying) return;
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
// What is in the fields is the view's to reset: by itself a page would do so and tell nobody.
for (const name of ["reset", "submit"]) {
  listen(name, (event) => {
    event.preventDefault();
    reportEvent(name, event.target, null);
  });
}
listen("drop", ({ target, clientX: x, clientY: y, dataTransfer }) => {
  if (!dataTransfer) return;
  // What was dropped can be read during this event only.
  const [urls, text] = ["text/uri-list", "text/plain"].map((type) => dataTransfer.getData(type));
  const files = [...dataTransfer.files];
  ask((commands) => commands.uploads.dropped(target, { x, y }, { urls, text, files }));
});
// Whatever is dropped where nothing takes it would replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

for (const name of ["blur", "pagehide"]) addEventListener(name, leave);

/** @param {any} error */
function report(error) {
  say({ t: "error", text: String(error?.stack || error).slice(0, 4000) });
}
addEventListener("error", ({ error, message }) => report(error || message));
addEventListener("unhandledrejection", ({ reason }) => report(reason));
