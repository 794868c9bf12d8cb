/**
 * The page's copy of one document, updated in place by frames (docs/protocol.md).
 *
 * Nodes keep their identity: a frame touches what changed, so focus, selection, scroll and an open
 * menu survive. Text is made with createTextNode and never parsed. What could run a script is
 * refused here too, though the server refuses it first (shell/everview/html/tree/safety.py).
 *
 * Not for: values of fields (fields.js decides when those may be set), the link, events.
 */

const REFUSED_TAGS = new Set(
  "script iframe frame frameset object embed applet base meta link style template noscript portal animate animatemotion animatetransform set".split(" "),
);
const URL_ATTRIBUTES = new Set(
  "href src action formaction xlink:href poster data cite background".split(" "),
);
/**
 * Members of nodes and of the document that the page uses, and that a field, a form or a picture of
 * this name or id would hide: its form, or the document, has it instead ("DOM clobbering").
 */
const HIDING = new Set(
  `createElement createElementNS createTextNode querySelector querySelectorAll getElementById activeElement
  addEventListener dispatchEvent attributes childNodes firstChild firstElementChild lastChild nextSibling
  previousSibling parentNode parentElement localName nodeName namespaceURI remove replaceChildren insertBefore
  moveBefore append appendChild isConnected getAttribute setAttribute removeAttribute hasAttribute
  toggleAttribute dataset closest matches contains focus ownerDocument $id $events $widget`.split(/\s+/),
);
/** The elements that are members of their form, or of the document, under their name or id. */
const HIDERS = new Set("button embed fieldset form iframe img input object output select textarea".split(" "));
const SAFE_SCHEMES = new Set(["http", "https", "mailto", "tel", "blob", "ws", "wss"]);
const HTML_NAMESPACE = "http://www.w3.org/1999/xhtml";
const NAMESPACES = new Map([
  ["svg", "http://www.w3.org/2000/svg"],
  ["math", "http://www.w3.org/1998/Math/MathML"],
]);

/** SVG and MathML elements whose children are HTML unless their tag says otherwise. */
const HTML_INSIDE = new Set("foreignObject annotation-xml mi mn mo ms mtext".split(" "));

/** Nodes that went and are kept until the page has time. */
const MANY = 1000;

/** The slot of a widget's data. */
export const WIDGET = "$";

/** A frame does not fit what the page has: a snapshot is needed. */
export class Misfit extends Error {}

/** @param {string} url */
export function isSafeUrl(url) {
  // eslint-disable-next-line no-control-regex
  const bare = url.replace(/[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u3000\ufeff]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(bare);
  if (!scheme || SAFE_SCHEMES.has(scheme[1].toLowerCase())) return true;
  return /^data:image\/(png|jpeg|gif|webp|avif|bmp|x-icon)[;,]/i.test(bare);
}

export class Tree {
  /**
   * @param {HTMLElement} root the element that stands for the document's holder
   * @param {(element: any, slot: string, value: any) => void} setValue sets ".value" and its kin,
   *   and a widget's data: null if its element is gone
   */
  constructor(root, setValue) {
    this.root = root;
    this.setValue = setValue;
    /** @type {string} */
    this.document = "";
    /** @type {number | null} */
    this.revision = null;
    /** @type {Map<number, any>} */
    this.nodes = new Map([[0, root]]);
    /** @type {Map<number, any> | null} nodes of the tree before a snapshot, to be used again */
    this.old = null;
    this.next = 0;
    /** Whether a frame is being applied. */
    this.applying = false;
    /** @type {[any, string, any][]} values are set last, when options are in their selects */
    this.values = [];
    /** @type {any[]} tops of what frames took out */
    this.gone = [];
    this.forgetting = 0;
  }

  /**
   * Apply a snapshot or a delta of the document named `document`.
   * @param {string} document
   * @param {any} frame
   */
  apply(document, frame) {
    this.applying = true;
    try {
      this.update(document, frame);
    } finally {
      this.applying = false;
    }
  }

  /** @param {string} document @param {any} frame */
  update(document, frame) {
    const focus = rememberFocus();
    // Ids of another document mean other nodes; and in a page that has no rest, some have to go.
    if (frame.tree || this.gone.length > MANY) this.forget();
    if (frame.tree) {
      this.snapshot(document, frame.tree);
    } else {
      if (document !== this.document || frame.from !== this.revision) {
        throw new Misfit(`frame from ${frame.from} of ${document} does not fit ${this.revision}`);
      }
      for (const [id, change] of frame.set || []) this.change(this.known(id), change);
      const puts = (frame.put || []).map((put) => [put, this.put(put)]);
      // When all is in its place: what moved elsewhere does not leave.
      for (const [[id, after], last] of puts) {
        if (after === null) this.gone = this.gone.concat(this.removeAfter(this.known(id), last));
      }
      for (const id of frame.del || []) {
        const node = this.nodes.get(id);
        node?.remove();
        if (node) this.gone.push(node);
      }
    }
    this.revision = frame.to;
    for (const [element, slot, value] of this.values) this.setValue(element, slot, value);
    this.values = [];
    // When it is painted: of what is cleared, looking at each node again takes a fifth of the time.
    if (this.gone.length) this.forgetSoon();
    focus();
  }

  /** @param {string} document @param {any[]} stream */
  snapshot(document, stream) {
    const before = this.nodes;
    // Of the same document only: ids of another mean other nodes.
    this.old = document === this.document ? this.nodes : null;
    if (document !== this.document) this.root.replaceChildren();
    this.document = document;
    this.nodes = new Map([[0, this.root]]);
    this.fill(this.root, stream, 0, HTML_NAMESPACE);
    this.old = null;
    for (const [id, node] of before) {
      if (node.$widget && this.nodes.get(id) !== node) this.values.push([node, WIDGET, null]);
    }
  }

  /** @param {number} id */
  known(id) {
    const node = this.nodes.get(id);
    if (!node) throw new Misfit(`node ${id} is not known`);
    return node;
  }

  /**
   * Take out the children after `last` (null: all), and return them.
   * @param {any} parent @param {any} last
   */
  removeAfter(parent, last) {
    const isWidget = parent.$widget;
    const rest = [];
    for (let node = last ? last.nextSibling : parent.firstChild; node; node = node.nextSibling) {
      // What a widget made itself is its own.
      if (!isWidget || node.$id !== undefined) rest.push(node);
    }
    // All that there is goes in one step, which takes two thirds of the time.
    if (last || isWidget) for (const node of rest) node.remove();
    else parent.replaceChildren();
    return rest;
  }

  forgetSoon() {
    // Not every engine has it; and a pop-up that went gives the focus back.
    const soon = window.requestIdleCallback || setTimeout;
    this.forgetting ||= soon((deadline) => {
      this.forgetting = 0;
      this.forget(deadline);
    }, { timeout: 100 });
  }

  /** Forget what is gone, and all below it; until `deadline`. @param {any} [deadline] */
  forget(deadline) {
    /** @param {any} node */
    const forget = (node) => {
      this.nodes.delete(node.$id);
      if (node.$widget) this.setValue(node, WIDGET, null);
      for (let child = node.firstChild; child; child = child.nextSibling) forget(child);
    };
    while (this.gone.length) {
      forget(this.gone.pop());
      if (deadline?.timeRemaining() < 1) return this.forgetSoon();
    }
  }

  /** The last of what was put. @param {any[]} put `[parent, after, ...stream]` */
  put(put) {
    const parent = this.known(put[0]);
    const namespace = namespaceIn(parent);
    let last = put[1] ? this.known(put[1]) : null;
    // New neighbours go in at once: a table with 1,000 new rows changes once.
    const fresh = document.createDocumentFragment();
    const flush = () => {
      const end = fresh.lastChild;
      if (!end) return;
      this.placeAfter(parent, fresh, last);
      last = end;
    };
    this.each(put, 2, namespace, (node) => {
      if (node.parentNode) {
        flush();
        last = this.placeAfter(parent, node, last);
      } else fresh.append(node);
    });
    flush();
    return last;
  }

  /**
   * Put `node` after `last` (null: first). What follows is looked up now: making the node may have
   * taken siblings into it.
   * @param {any} parent @param {any} node @param {any} last
   */
  placeAfter(parent, node, last) {
    let before = last ? last.nextSibling : parent.firstChild;
    // What a widget made itself stays where the widget put it.
    while (parent.$widget && before && before.$id === undefined) before = before.nextSibling;
    if (node !== before) place(parent, node, before);
    return node;
  }

  /**
   * Call `take` with the nodes that items describe, each before the next is made.
   * @param {any[]} items @param {number} start @param {string} namespace of what they will be in
   * @param {(node: any) => void} take
   */
  each(items, start, namespace, take) {
    for (let index = start; index < items.length; index++) {
      const item = items[index];
      if (typeof item === "number") this.next = item;
      else take(this.make(item, namespace));
    }
  }

  /**
   * The node that an item of a stream describes, and all below it.
   * @param {any} item @param {string} namespace of what it will be in
   */
  make(item, namespace) {
    if (typeof item === "string") {
      const text = this.reuse("#text") || document.createTextNode(item);
      if (text.data !== item) text.data = item;
      return this.register(text);
    }
    const tag = item[0];
    if (typeof tag === "number") return this.known(tag);
    const kind = kindOfTag(tag);
    const inside = kind.namespace || namespace;
    const old = this.reuse(tag);
    const element = this.register(old || create(kind.name, inside));
    const has = item.length > 1 && typeof item[1] === "object" && !Array.isArray(item[1]);
    if (old) this.dropAttributes(element, has ? item[1] : {});
    if (has) this.change(element, item[1]);
    this[old ? "fill" : "build"](element, item, has ? 2 : 1, kind.isHtmlInside ? HTML_NAMESPACE : inside);
    return element;
  }

  /** Give a node the next id. @param {any} node */
  register(node) {
    const id = this.next++;
    node.$id = id;
    this.nodes.set(id, node);
    return node;
  }

  /** A node of the tree before the snapshot with the next id. @param {string} tag */
  reuse(tag) {
    const node = this.old?.get(this.next);
    return node && (node.localName || node.nodeName) === tag.slice(tag.indexOf(":") + 1) ? node : null;
  }

  /**
   * Make the items from `start` the children of a new element.
   * @param {any} element @param {any[]} items @param {number} start @param {string} namespace
   */
  build(element, items, start, namespace) {
    this.each(items, start, namespace, (node) => element.appendChild(node));
  }

  /**
   * Make the items from `start` the children.
   * @param {any} element @param {any[]} items @param {number} start @param {string} namespace
   */
  fill(element, items, start, namespace) {
    let last = null;
    this.each(items, start, namespace, (node) => (last = this.placeAfter(element, node, last)));
    this.removeAfter(element, last);
  }

  /** @param {any} element @param {any} kept */
  dropAttributes(element, kept) {
    for (const { name } of [...element.attributes]) {
      if (!(name in kept)) element.removeAttribute(name);
    }
    if (!("@" in kept)) element.$events = null;
  }

  /** @param {any} node @param {any} change a text, or slots */
  change(node, change) {
    if (typeof change === "string") {
      node.data = change;
      return;
    }
    for (const name in change) {
      const value = change[name];
      if (name === "@") node.$events = value && value.length ? listens(value) : null;
      else if (name[0] === "." || name === WIDGET) this.values.push([node, name, value]);
      else setAttribute(node, name, value);
    }
  }
}

/** @param {string[]} names `"change:300"` */
function listens(names) {
  const events = new Map();
  for (const name of names) {
    const [kind, delay] = name.split(":");
    events.set(kind, delay === undefined ? null : Number(delay));
  }
  return events;
}

/** What a tag is, looked up once per tag. @type {Map<string, {name: string, namespace?: string, isHtmlInside: boolean}>} */
const tags = new Map();

/** @param {string} tag */
function kindOfTag(tag) {
  let kind = tags.get(tag);
  if (!kind) {
    const [prefix, name] = tag.includes(":") ? tag.split(":") : ["", tag];
    if (REFUSED_TAGS.has(name.toLowerCase())) throw new Error(`<${name}> is refused`);
    kind = { name, namespace: NAMESPACES.get(prefix || name), isHtmlInside: HTML_INSIDE.has(name) };
    tags.set(tag, kind);
  }
  return kind;
}

/** @param {string} name @param {string} namespace */
function create(name, namespace) {
  return namespace === HTML_NAMESPACE
    ? document.createElement(name)
    : document.createElementNS(namespace, name);
}

/** The namespace of an element's children. @param {any} parent */
function namespaceIn(parent) {
  return HTML_INSIDE.has(parent.localName) ? HTML_NAMESPACE : parent.namespaceURI;
}

/** What an attribute is, looked up once per name. @type {Map<string, string>} */
const kinds = new Map();

/** @param {string} lowered */
function kindOf(lowered) {
  if (lowered.startsWith("on") || lowered === "srcdoc") return "refused";
  if (lowered === "style") return "style";
  if (lowered === "name" || lowered === "id") return "name";
  return URL_ATTRIBUTES.has(lowered) ? "url" : "plain";
}

/** @param {any} element @param {string} name @param {string | null} value */
function setAttribute(element, name, value) {
  let kind = kinds.get(name);
  if (kind === undefined) kinds.set(name, (kind = kindOf(name.toLowerCase())));
  if (kind === "refused") throw new Error(`${name} is refused`);
  if (kind === "style") {
    // By the object model: the policy of the page refuses style attributes that are parsed.
    // Asked first: Chromium forgets to remove a style that was never read (it leaves style="").
    if (value !== null) element.style.cssText = value;
    else if (element.hasAttribute("style")) element.removeAttribute("style");
  } else if (value === null) {
    element.removeAttribute(name);
  } else {
    if (kind === "url" && !isSafeUrl(value)) throw new Error(`${name} is refused`);
    if (kind === "name" && HIDING.has(value) && HIDERS.has(element.localName)) {
      return console.warn(`${name}="${value}" of <${element.localName}> is left out: it would hide what pages need`);
    }
    element.setAttribute(name, value);
  }
}

/** @param {any} parent @param {any} node @param {any} before */
function place(parent, node, before) {
  if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

/** Engines without moveBefore drop the focus of a node that moves: returns what brings it back. */
function rememberFocus() {
  const active = /** @type {any} */ (document.activeElement);
  if (!active || active === document.body) return () => {};
  let start = null;
  let end = null;
  try {
    start = active.selectionStart;
    end = active.selectionEnd;
  } catch {
    start = null; // fields without a selection
  }
  return () => {
    if (document.activeElement === active || !active.isConnected) return;
    active.focus({ preventScroll: true });
    if (start !== null && active.setSelectionRange) active.setSelectionRange(start, end);
  };
}
