/**
 * The page's copy of one document, updated in place by frames (docs/protocol.md).
 *
 * Nodes keep their identity: a frame changes only the differences, so focus, selection, scroll
 * position and an open menu survive. Text is set with createTextNode and never parsed. Everything that
 * could run a script is refused here, in addition to the checks of the server
 * (shell/everview/html/tree/safety.py).
 *
 * This module does not decide when values of fields are set (see fields.js), and does not handle
 * the link or events.
 */

const REFUSED_TAGS = new Set(
  "script iframe frame frameset object embed applet base meta link style template noscript portal animate animatemotion animatetransform set".split(" "),
);
const URL_ATTRIBUTES = new Set(
  "href src action formaction xlink:href poster data cite background".split(" "),
);
/** Elements that become members of their form under their name or id. */
const FORM_MEMBERS = new Set("button fieldset img input object output select textarea".split(" "));
/** Elements that become members of the document under their name. */
const DOCUMENT_MEMBERS = new Set(["form", "img"]);
/** An empty form. It has only the properties that it inherits from its prototypes. */
const emptyForm = document.createElement("form");
const SAFE_SCHEMES = new Set(["http", "https", "mailto", "tel", "blob", "ws", "wss"]);
const HTML_NAMESPACE = "http://www.w3.org/1999/xhtml";
const NAMESPACES = new Map([
  ["svg", "http://www.w3.org/2000/svg"],
  ["math", "http://www.w3.org/1998/Math/MathML"],
]);

/** Namespaces of attributes of SVG and MathML elements, by prefix. */
const ATTRIBUTE_NAMESPACES = new Map([
  ["xlink", "http://www.w3.org/1999/xlink"],
  ["xml", "http://www.w3.org/XML/1998/namespace"],
]);

/** SVG and MathML elements whose children are HTML unless their tags have a namespace. */
const HTML_INSIDE = new Set("foreignObject annotation-xml mi mn mo ms mtext".split(" "));

/** If there are more removed nodes than this number, they are released during the next frame. */
const MAX_REMOVED = 1000;

/** The name of the slot that contains the data of a widget. */
export const WIDGET = "$";

/**
 * A node of the document, with further properties of the page: its id, the delay of each event that it
 * reports, the state of its widget. The type is `any`, because only the frame determines whether a
 * node is an element or a text node.
 * @typedef {any} DocumentNode
 */

/**
 * @typedef {string | Record<string, any>} Change the new text of a text node, or slots
 * @typedef {any[]} Stream items that describe nodes: ids, texts and elements
 */

/**
 * @typedef {object} Frame
 * @property {number} [from] the revision that a delta starts from
 * @property {number} to
 * @property {{title?: string, progress?: any, files?: string[]}} [meta]
 * @property {Stream} [tree] of a snapshot
 * @property {[id: number, change: Change][]} [set]
 * @property {[parent: number, after: number | null, ...stream: Stream][]} [put]
 * @property {number[]} [del]
 */

/** The error for a frame that does not match the page's copy. The page then needs a snapshot. */
export class Misfit extends Error {}

/** Raised if an attribute is refused. Everything else of the frame is still applied. */
class LeftOut extends Error {}

/** @param {string} url */
export function isSafeUrl(url) {
  // eslint-disable-next-line no-control-regex
  const bare = url.replace(/[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u3000\ufeff]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(bare);
  if (!scheme || SAFE_SCHEMES.has(scheme[1].toLowerCase())) return true;
  return /^data:image\/(png|jpeg|gif|webp|avif|bmp|x-icon)[;,]/i.test(bare);
}

export class Replica {
  /**
   * @param {HTMLElement} root contains the nodes of the document
   * @param {(element: DocumentNode, slot: string, value: any) => void} setValue sets the value of a
   *   field (".value" and others) and the data of a widget (null if its element was removed)
   * @param {(error: unknown) => void} report receives errors that do not stop a frame
   */
  constructor(root, setValue, report = console.warn) {
    this.root = root;
    this.setValue = setValue;
    this.report = report;
    /** The id of the document. */
    this.document = "";
    /** @type {number | null} */
    this.revision = null;
    /** @type {Map<number, DocumentNode>} */
    this.nodes = new Map([[0, root]]);
    /** @type {Map<number, DocumentNode> | null} nodes from before a snapshot that can be reused */
    this.old = null;
    /** @type {Set<number> | null} the ids of all nodes of the snapshot that is being applied */
    this.kept = null;
    /**
     * Nodes in elements with contenteditable, where the user changes the nodes themselves: the
     * children and the texts according to the last frame.
     * @type {Map<DocumentNode, DocumentNode[] | string>}
     */
    this.edited = new Map();
    /** @type {[mark: Comment, node: DocumentNode][]} nodes that move into an element when it is placed */
    this.moves = [];
    /** The id of the next node of a stream. */
    this.next = 0;
    /** Whether a frame is being applied. */
    this.applying = false;
    /** @type {[DocumentNode, string, any][]} values are set last, when selects have their options */
    this.values = [];
    /** @type {DocumentNode[]} removed nodes that were not released yet, without their descendants */
    this.removed = [];
    this.releasing = 0;
    for (const name of ["focusin", "beforeinput"]) root.addEventListener(name, ({ target }) => this.rememberEdited(target));
  }

  /**
   * Remember the nodes of an element before the user edits it.
   * @param {DocumentNode} node
   */
  rememberEdited(node) {
    if (node.nodeType === Node.ELEMENT_NODE && !node.isContentEditable) return;
    if (node.$id !== undefined && !this.edited.has(node)) {
      this.edited.set(node, node.nodeType === Node.TEXT_NODE ? node.data : this.childrenOf(node));
    }
    for (let child = node.firstChild; child; child = child.nextSibling) this.rememberEdited(child);
  }

  /** The children of an element according to the last frame. @param {DocumentNode} element */
  childrenOf(element) {
    const edited = this.edited.get(element);
    if (Array.isArray(edited)) return edited;
    const children = [];
    for (let node = element.firstChild; node; node = node.nextSibling) if (node.$id !== undefined) children.push(node);
    return children;
  }

  /**
   * Apply a snapshot or a delta of a document.
   * @param {string} document
   * @param {Frame} frame
   */
  apply(document, frame) {
    this.applying = true;
    try {
      this.update(document, frame);
    } finally {
      this.applying = false;
    }
  }

  /** @param {string} document @param {Frame} frame */
  update(document, frame) {
    const restoreFocus = rememberFocus();
    // Drop the data of an earlier frame that failed.
    this.values = [];
    this.moves = [];
    // Release removed nodes before a snapshot, which may use their ids. Also release them if there
    // are many: a page that is never idle would otherwise keep all of them.
    if (frame.tree || this.removed.length > MAX_REMOVED) this.release();
    if (frame.tree) {
      this.snapshot(document, frame.tree);
    } else {
      if (document !== this.document || frame.from !== this.revision) {
        throw new Misfit(`frame from ${frame.from} of ${document} does not fit ${this.revision}`);
      }
      for (const [id, change] of frame.set || []) this.change(this.find(id), change);
      const ends = (frame.put || []).map((put) => this.put(put));
      // Remove nodes after all nodes are placed: a node that moved elsewhere must not be removed.
      (frame.put || []).forEach(([parent, after], index) => {
        if (after === null) this.removed = this.removed.concat(this.removeAfter(this.find(parent), ends[index]));
      });
      for (const id of frame.del || []) {
        const node = this.nodes.get(id);
        node?.remove();
        if (node) this.removed.push(node);
      }
      this.forgetEdited(frame.del || []);
    }
    this.revision = frame.to;
    for (const [element, slot, value] of this.values) {
      try {
        this.setValue(element, slot, value);
      } catch (error) {
        this.report(error); // costs this value only
      }
    }
    this.values = [];
    // Release nodes after painting: visiting each removed node takes a fifth of the time of a clear.
    if (this.removed.length) this.releaseLater();
    restoreFocus();
  }

  /**
   * Apply a snapshot. If the page shows the document already, its nodes are updated in place, so that a
   * snapshot preserves what a delta preserves.
   * @param {string} document @param {Stream} stream
   */
  snapshot(document, stream) {
    const before = this.nodes;
    // Ids of another document belong to other nodes.
    const isSame = document === this.document;
    if (!isSame) this.root.replaceChildren();
    this.document = document;
    try {
      this.read(stream, isSame ? before : null);
    } catch (error) {
      // A node that contains its new parent cannot be reused.
      if (!isSame || !(error instanceof DOMException)) throw error;
      this.root.replaceChildren();
      this.values = [];
      this.moves = [];
      this.read(stream, null);
    }
    for (const [id, node] of before) {
      if (this.nodes.get(id) === node) continue;
      if (node.$widget) this.values.push([node, WIDGET, null]);
      this.edited.delete(node);
      if (isSame && node.isConnected) node.remove();
    }
  }

  /** @param {Stream} stream @param {Map<number, DocumentNode> | null} old nodes that can be reused */
  read(stream, old) {
    this.old = old;
    this.kept = old && idsOf(stream);
    this.nodes = new Map([[0, this.root]]);
    this.fill(this.root, stream, 0, HTML_NAMESPACE);
    this.finishMoves();
    this.old = this.kept = null;
  }

  /** @param {number} id */
  find(id) {
    const node = this.nodes.get(id);
    if (!node) throw new Misfit(`node ${id} is not known`);
    return node;
  }

  /**
   * Remove the children after `last` (null: all), and return them.
   * @param {DocumentNode} parent @param {DocumentNode} last
   */
  removeAfter(parent, last) {
    const isWidget = parent.$widget;
    const rest = [];
    for (let node = last ? last.nextSibling : parent.firstChild; node; node = node.nextSibling) {
      // Children that were made by a widget have no id and are not removed.
      if (!isWidget || node.$id !== undefined) rest.push(node);
    }
    // Removing all children in one step takes two thirds of the time.
    if (last || isWidget) for (const node of rest) node.remove();
    else parent.replaceChildren();
    return rest;
  }

  releaseLater() {
    // Some engines lack requestIdleCallback. The delay is short, because a closed pop-up restores the focus.
    const soon = window.requestIdleCallback || setTimeout;
    this.releasing ||= soon((deadline) => {
      this.releasing = 0;
      this.release(deadline);
    }, { timeout: 100 });
  }

  /** Drop removed nodes and their descendants, until `deadline`. @param {IdleDeadline} [deadline] */
  release(deadline) {
    /** @param {DocumentNode} node */
    const drop = (node) => {
      this.nodes.delete(node.$id);
      this.edited.delete(node);
      if (node.$widget) this.setValue(node, WIDGET, null);
      for (let child = node.firstChild; child; child = child.nextSibling) drop(child);
    };
    while (this.removed.length) {
      drop(this.removed.pop());
      if (deadline && deadline.timeRemaining() < 1) return this.releaseLater();
    }
  }

  /**
   * Place nodes after a child of a parent.
   * @param {[parent: number, after: number | null, ...stream: Stream]} put
   * @returns {DocumentNode} the last placed node
   */
  put(put) {
    const parent = this.find(put[0]);
    const namespace = namespaceIn(parent);
    let last = put[1] ? this.find(put[1]) : null;
    // New neighbors are inserted together: a table with 1,000 new rows changes once.
    const added = document.createDocumentFragment();
    const flush = () => {
      const end = added.lastChild;
      if (!end) return;
      this.placeAfter(parent, added, last);
      this.finishMoves();
      last = end;
    };
    /** @type {DocumentNode[]} */
    const placed = [];
    this.each(put, 2, namespace, (node) => {
      placed.push(node);
      if (node.parentNode) {
        flush();
        last = this.placeAfter(parent, node, last);
      } else added.append(node);
    });
    flush();
    this.updateEdited(parent, put[1] ? this.find(put[1]) : null, placed);
    return last;
  }

  /**
   * Update the remembered children of edited elements after nodes were placed.
   * @param {DocumentNode} parent @param {DocumentNode} after @param {DocumentNode[]} placed
   */
  updateEdited(parent, after, placed) {
    for (const [element, children] of this.edited) {
      if (!Array.isArray(children)) continue;
      const rest = children.filter((node) => !placed.includes(node));
      if (element === parent) {
        if (after) rest.splice(rest.indexOf(after) + 1, 0, ...placed);
        else rest.splice(0, rest.length, ...placed);
      }
      this.edited.set(element, rest);
    }
  }

  /** Remove nodes from the remembered children of edited elements. @param {number[]} ids */
  forgetEdited(ids) {
    for (const [element, children] of this.edited) {
      if (Array.isArray(children)) this.edited.set(element, children.filter((node) => !ids.includes(node.$id)));
    }
  }

  /** Move the nodes whose new parents are in the page by now. */
  finishMoves() {
    if (!this.moves.length) return;
    this.moves = this.moves.filter(([mark, node]) => {
      if (!mark.isConnected) return true;
      place(mark.parentNode, node, mark);
      mark.remove();
      return false;
    });
  }

  /**
   * Put `node` after `last` (null: first). The next sibling is looked up now, because making the
   * node may have moved siblings into it.
   * @param {DocumentNode} parent @param {DocumentNode} node @param {DocumentNode} last
   */
  placeAfter(parent, node, last) {
    let before = last ? last.nextSibling : parent.firstChild;
    // Do not move the children that were made by a widget or by the user.
    while ((parent.$widget || this.old) && before && before.$id === undefined) before = before.nextSibling;
    if (node !== before) place(parent, node, before);
    return node;
  }

  /**
   * Make the nodes of a stream one after the other, and call `use` with each of them.
   * @param {Stream} items @param {number} start @param {string} namespace of their parent
   * @param {(node: DocumentNode) => void} use
   */
  each(items, start, namespace, use) {
    for (let index = start; index < items.length; index++) {
      const item = items[index];
      if (typeof item === "number") this.next = item;
      else use(this.make(item, namespace));
    }
  }

  /**
   * Make the node for an item of a stream, with its descendants, or find the existing node.
   * @param {string | any[]} item @param {string} namespace of its parent
   */
  make(item, namespace) {
    if (typeof item === "string") {
      const text = this.reuse("#text") || document.createTextNode(item);
      // Compare with the text of the last frame, because the user may have edited the text in the
      // page.
      if ((this.edited.get(text) ?? text.data) !== item) this.change(text, item);
      return this.register(text);
    }
    const tag = item[0];
    if (typeof tag === "number") return this.find(tag);
    const kind = kindOfTag(tag);
    const inside = kind.namespace || namespace;
    const old = this.reuse(tag);
    const element = this.register(old || create(kind.name, inside));
    const start = startOfChildren(item);
    if (old) this.replaceSlots(element, start === 2 ? item[1] : {});
    else if (start === 2) this.change(element, item[1]);
    this[old ? "fill" : "build"](element, item, start, kind.isHtmlInside ? HTML_NAMESPACE : inside);
    return element;
  }

  /** Give a node the next id. @param {DocumentNode} node */
  register(node) {
    const id = this.next++;
    node.$id = id;
    this.nodes.set(id, node);
    return node;
  }

  /** An old node with the next id and this tag, which a snapshot can reuse. @param {string} tag */
  reuse(tag) {
    const node = this.old?.get(this.next);
    return node && (node.localName || node.nodeName) === tag.slice(tag.indexOf(":") + 1) ? node : null;
  }

  /**
   * Add the items from `start` to a new element.
   * @param {DocumentNode} element @param {Stream} items @param {number} start @param {string} namespace
   */
  build(element, items, start, namespace) {
    this.each(items, start, namespace, (node) => {
      if (!node.parentNode) return element.appendChild(node);
      // A node that leaves the page for a moment loses its state. It is therefore moved only when
      // `element` is in the page.
      const mark = document.createComment("");
      this.moves.push([mark, node]);
      element.appendChild(mark);
    });
  }

  /**
   * Replace the children of an element, which the page shows, by the items from `start`.
   * @param {DocumentNode} element @param {Stream} items @param {number} start @param {string} namespace
   */
  fill(element, items, start, namespace) {
    const before = this.childrenOf(element).filter((node) => {
      // Remove these nodes first, so that the nodes that stay do not have to move.
      const isKept = this.kept?.has(node.$id);
      if (!isKept) node.remove();
      return isKept;
    });
    /** @type {DocumentNode[]} */
    const nodes = [];
    this.each(items, start, namespace, (node) => nodes.push(node));
    if (this.edited.has(element)) this.edited.set(element, nodes);
    if (nodes.length === before.length && nodes.every((node, index) => node === before[index])) return;
    // Remove the nodes that the user or the page inserted, as a delta with a new first child does.
    if (nodes[0] !== before[0] && !element.$widget) {
      for (const node of [...element.childNodes]) if (node.$id === undefined) node.remove();
    }
    /** @type {DocumentNode} */
    let last = null;
    for (const node of nodes) {
      last = this.placeAfter(element, node, last);
      this.finishMoves();
    }
  }

  /**
   * Give an element the slots of a snapshot. An attribute that the server has not changed stays as it
   * is, also if the page has changed it: the server does not know that a dialog is open.
   * @param {DocumentNode} element @param {Record<string, any>} slots
   */
  replaceSlots(element, slots) {
    const known = element.$slots || {};
    /** @type {Record<string, any>} */
    const change = { "@": null, ...slots };
    for (const name in known) {
      if (!(name in slots)) change[name] = null;
      else if (slots[name] === known[name]) delete change[name];
    }
    this.change(element, change);
  }

  /** @param {DocumentNode} node @param {Change} change */
  change(node, change) {
    if (typeof change === "string") {
      node.data = change;
      if (this.edited.has(node)) this.edited.set(node, change);
      return;
    }
    // The attributes according to the last frame.
    const known = (node.$slots ||= {});
    for (const name in change) {
      const value = change[name];
      if (name === "@") node.$events = value && value.length ? delaysOf(value) : null;
      else if (name[0] === "." || name === WIDGET) this.values.push([node, name, value]);
      else {
        if (value === null) delete known[name];
        else known[name] = value;
        try {
          setAttribute(node, name, value);
        } catch (error) {
          if (!(error instanceof LeftOut)) throw error;
          this.report(error);
        }
      }
    }
  }
}

/** The index of the first child in the item of an element. @param {any[]} item */
function startOfChildren(item) {
  return item.length > 1 && typeof item[1] === "object" && !Array.isArray(item[1]) ? 2 : 1;
}

/** The ids of all nodes of a snapshot. @param {Stream} stream */
function idsOf(stream) {
  /** @type {Set<number>} */
  const ids = new Set();
  let next = 0;
  /** @param {any[]} items @param {number} start */
  const visit = (items, start) => {
    for (let index = start; index < items.length; index++) {
      const item = items[index];
      if (typeof item === "number") next = item;
      else {
        ids.add(next++);
        if (typeof item !== "string") visit(item, startOfChildren(item));
      }
    }
  };
  visit(stream, 0);
  return ids;
}

/** The delays of events in milliseconds by name; null: the default. @param {string[]} names `"change:300"` */
function delaysOf(names) {
  const events = new Map();
  for (const name of names) {
    const [kind, delay] = name.split(":");
    events.set(kind, delay === undefined ? null : Number(delay));
  }
  return events;
}

/** Properties of tags, which are computed once. @type {Map<string, {name: string, namespace?: string, isHtmlInside: boolean}>} */
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

/** The namespace of an element's children. @param {DocumentNode} parent */
function namespaceIn(parent) {
  return HTML_INSIDE.has(parent.localName) ? HTML_NAMESPACE : parent.namespaceURI;
}

/**
 * Whether a field with this name or id would hide a member of its form that the page needs. Members
 * that reflect an attribute (name, title ...) can be hidden: the page reads and sets attributes
 * with getAttribute and setAttribute.
 * @param {string} name
 */
function hidesMemberOfForm(name) {
  if (name[0] === "$") return true; // what the page knows about the form
  if (!(name in emptyForm)) return false;
  for (let members = Object.getPrototypeOf(emptyForm); members !== Node.prototype; members = Object.getPrototypeOf(members)) {
    const member = Object.getOwnPropertyDescriptor(members, name);
    if (!member) continue;
    const value = /** @type {any} */ (emptyForm)[name];
    return !member.set || !(value === null || typeof value === "string" || typeof value === "boolean");
  }
  return true;
}

/**
 * Whether an element with this name or id would hide a member of its form or of the document ("DOM
 * clobbering"). The members are read from the prototypes.
 * @param {DocumentNode} element @param {string} name
 */
function isHiding(element, name) {
  const tag = element.localName;
  return (DOCUMENT_MEMBERS.has(tag) && name in HTMLDocument.prototype) || (FORM_MEMBERS.has(tag) && hidesMemberOfForm(name));
}

/** Kinds of attributes, which are computed once. @type {Map<string, string>} */
const kinds = new Map();

/** @param {string} lowered */
function kindOf(lowered) {
  if (lowered.startsWith("on") || lowered === "srcdoc") return "refused";
  if (lowered === "style") return "style";
  if (lowered === "name" || lowered === "id") return "name";
  return URL_ATTRIBUTES.has(lowered) ? "url" : "plain";
}

/** @param {DocumentNode} element @param {string} name @param {string | null} value null: remove it */
function setAttribute(element, name, value) {
  let kind = kinds.get(name);
  if (kind === undefined) kinds.set(name, (kind = kindOf(name.toLowerCase())));
  if (kind === "refused") throw new Error(`${name} is refused`);
  if (kind === "style") {
    // Use the CSS object model, because the policy of the page refuses parsed style attributes.
    // Chromium does not remove a style that was never read (style="" stays), so check first.
    if (value !== null) element.style.cssText = value;
    else if (element.hasAttribute("style")) element.removeAttribute("style");
  } else if (value === null) {
    element.removeAttribute(name);
  } else {
    if (kind === "url" && !isSafeUrl(value)) throw new Error(`${name} is refused`);
    if (kind === "name" && isHiding(element, value)) {
      throw new LeftOut(`${name}="${value}" of <${element.localName}> is left out: it would hide this member of its form or of the document`);
    }
    const namespace = element.namespaceURI === HTML_NAMESPACE ? null : ATTRIBUTE_NAMESPACES.get(name.split(":")[0]);
    if (namespace) element.setAttributeNS(namespace, name, value);
    else element.setAttribute(name, value);
  }
}

/** @param {DocumentNode} parent @param {DocumentNode} node @param {DocumentNode} before */
function place(parent, node, before) {
  if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

/**
 * Store the focused element and its selection. Engines without moveBefore drop the focus of a moved
 * node.
 * @returns {() => void} restores the focus
 */
function rememberFocus() {
  /** @type {any} an input or another element */
  const active = document.activeElement;
  if (!active || active === document.body) return () => {};
  /** @type {number | null} */
  let start = null;
  /** @type {number | null} */
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
