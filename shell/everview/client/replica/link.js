/**
 * The link to the server: authenticates this window, receives frames, sends events.
 *
 * A broken link is connected again without a reload: the window reports its revision and receives the
 * changes since then. Events have numbers. If the server has not received an event, the event is sent
 * again with the same number, so it is handled only once.
 */

const STORE = "everview";
/** Milliseconds between attempts to connect. A notice is shown after the third attempt. */
const RETRY_DELAYS = [0, 50, 100, 200, 400, 800];
const MAX_RETRY_DELAY = 1500;
/**
 * MANY unconfirmed frames are confirmed at once, SOME frames after a delay, and a large frame at
 * once. The server sends at most 64 frames without a confirmation, and at most 16 of them without
 * a request. The random part of MANY prevents that all windows confirm at the same frame.
 */
const MANY = 24 + Math.random() * 8;
const SOME = 8;
const CONFIRM_DELAY = 100;
/** The size of a large frame in characters. */
const LARGE = 64_000;
/** Maximum size of a message in bytes, see shell/everview/runtime/windows/messages.py. */
const MAX_MESSAGE = 8_000_000;
/** An event with more characters than this may have been the reason why its link ended. */
const LARGE_EVENT = 1_000_000;
/** Close codes, see shell/everview/server/links/links.py. */
const REFUSED = 4403;
const REPLACED = 4001;
const BROKEN = 4400;
/** The format of tickets, see shell/everview/server/access/keys.py. */
const TICKET = /^#[\w-]{43}$/;

/**
 * @typedef {object} EventMessage
 * @property {string} document
 * @property {number} node
 * @property {string} name
 * @property {any} data
 * @property {number} number
 * @property {"event"} t
 * @property {number} [frames] the number of frames that this message also confirms
 * @property {boolean} [too_large] the data was left out, because the message would be too large
 */

/**
 * The server's answers to `hello` and `proof`, see shell/everview/server/links/links.py.
 * @typedef {{window: string, user: string, label: string, key?: string, received: number, acknowledged: number}} Welcome
 */

/**
 * A message of the server.
 * @typedef {object} Update
 * @property {string} document
 * @property {number} [acknowledged] the number of the last handled event
 * @property {number[]} [answered] fields whose handler set a value in answer to an edit
 * @property {{t: string}[]} [effects]
 * @property {number} [effects_number]
 * @property {import("./replica.js").Frame} [frame]
 */

/**
 * @typedef {object} Page
 * @property {() => {url: string, document: string, revision: number | null}} welcome returns the view
 *   to attach to, and the document and revision of the page
 * @property {(message: Update) => void} message receives the server's messages
 * @property {(number: number) => void} acknowledged receives the number of the last handled event
 * @property {(state: "live" | "offline" | "refused" | "replaced") => void} state receives the state of
 *   the link
 */

/** HMAC-SHA-256, see `proof` in shell/everview/server/access/keys.py. @param {string} key @param {string[]} parts */
async function proof(key, ...parts) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = Uint8Array.from(key.match(/../g) || [], (pair) => parseInt(pair, 16));
  const imported = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(parts.join("\0")));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A message as JSON. JSON.stringify escapes lone surrogates, which the server refuses: replace them.
 * @param {object} message
 */
function encode(message) {
  const text = JSON.stringify(message);
  // A backslash in a string is escaped, too: "\\\\ud800" is no surrogate.
  return text.includes("\\ud") ? text.replace(/\\(\\|ud[89a-f]..)/g, (all, escape) => (escape === "\\" ? all : "\ufffd")) : text;
}

/** A UTF-16 unit takes at most 3 bytes. @param {string} text */
const isTooLarge = (text) => text.length * 3 > MAX_MESSAGE - 100 && new Blob([text]).size > MAX_MESSAGE - 100;

export class Link {
  /** The number of the last event that was sent. */
  number = 0;
  /** @type {EventMessage[]} events without an acknowledgement */
  pending = [];
  live = false;
  /** Whether the server closed the last link because of a message. */
  broken = false;
  /** The number of the first event that was sent again, and how often it was sent again. */
  resending = 0;
  resends = 0;
  /** The number of attempts to connect since the last message. */
  attempt = 0;
  /** The number of received frames that were not confirmed yet. */
  frames = 0;
  /** True until this page has been connected for the first time. */
  fresh = true;
  timer = 0;
  confirming = 0;
  /** The numbers of the last received effects and of the last confirmed effects. */
  effectsReceived = 0;
  effectsConfirmed = 0;

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    // Any other fragment is the id of an element in the page.
    this.ticket = TICKET.test(location.hash) ? location.hash.slice(1) : "";
    // Remove the ticket from the address and the history before anything else happens.
    if (this.ticket) history.replaceState(history.state, "", location.pathname + location.search);
    addEventListener("pageshow", (event) => event.persisted && this.connect());
    this.connect();
  }

  get credentials() {
    return JSON.parse(sessionStorage.getItem(STORE) || "null");
  }

  connect() {
    clearTimeout(this.timer);
    if (this.socket && this.socket.readyState < WebSocket.CLOSING) return;
    const socket = (this.socket = new WebSocket(`${location.origin.replace("http", "ws")}/_everview/link`));
    const nonce = crypto.randomUUID();
    const { key, window: id = "", user = "", label = "" } = this.credentials || {};
    // Another program may use this port now. With a ticket, the server is trusted because the ticket
    // came with its address. Otherwise it must first prove that it knows this window's key.
    let isServer = Boolean(this.ticket);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      const { ticket, fresh } = this;
      if (ticket) this.send({ t: "hello", nonce, ticket });
      else if (key) this.send({ t: "hello", nonce, window: id, user, label, fresh });
      else socket.close();
    };
    socket.onmessage = async ({ data }) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(data);
      if (this.live) this.receive(message, data.length);
      else if (message.t === "challenge") {
        const theirs = await proof(key, "server", nonce, message.nonce);
        isServer = theirs === message.proof;
        if (!isServer) socket.close(); // the proof is wrong: this is another server
        else this.send({ t: "proof", proof: await proof(key, "client", nonce, message.nonce), effects: this.effectsReceived });
      } else if (message.t === "welcome" && isServer) this.welcome(message);
      else socket.close();
    };
    // Ignore the close event of a replaced socket: it may arrive after the new socket is open.
    socket.onclose = ({ code }) => socket === this.socket && this.closed(code);
  }

  /** @param {Welcome} message */
  welcome(message) {
    if (message.key) {
      const { window, user, label, key } = message;
      sessionStorage.setItem(STORE, JSON.stringify({ window, user, label, key }));
      this.number = 0;
    }
    this.number = Math.max(this.number, message.received);
    this.ticket = "";
    this.fresh = false;
    this.frames = 0;
    this.page.state("live");
    this.acknowledged(message.acknowledged);
    this.send({ t: "attach", ...this.page.welcome() });
    const unsent = this.pending.filter((event) => event.number > message.received);
    const [first] = unsent;
    this.resends = first && first.number === this.resending ? this.resends + 1 : 0;
    this.resending = first ? first.number : 0;
    // The server closed the link because of this event, or a large event ended three links: the close
    // code may be lost. Do not send the same again.
    if (first && (this.broken || (this.resends > 1 && encode(first).length > LARGE_EVENT))) Object.assign(first, { data: null, too_large: true });
    this.broken = false;
    for (const event of unsent) this.send(event);
    this.live = true; // from now on, events are sent at once
  }

  /** @param {number} code */
  closed(code) {
    this.live = false;
    this.broken = code === BROKEN;
    if (code === REPLACED) return this.page.state("replaced");
    const hasAccess = this.ticket || this.credentials;
    if (code === REFUSED || !hasAccess) return this.page.state("refused");
    if (this.attempt > 3) this.page.state("offline");
    this.timer = window.setTimeout(() => this.connect(), RETRY_DELAYS[this.attempt++] ?? MAX_RETRY_DELAY);
  }

  /** @param {Update} message @param {number} length */
  receive(message, length) {
    // This is not done in `welcome`, because a server that fails right after its welcome would be
    // contacted again without a delay.
    this.attempt = 0;
    this.page.message(message);
    if (message.acknowledged) this.acknowledged(message.acknowledged);
    if (message.effects_number) this.effectsReceived = message.effects_number;
    if (message.frame) this.frames++;
    if (this.frames >= MANY || (message.frame && length > LARGE)) this.confirm();
    else if (this.frames >= SOME || message.effects_number) this.confirming ||= window.setTimeout(() => this.confirm(), CONFIRM_DELAY);
  }

  confirm() {
    clearTimeout(this.confirming);
    this.confirming = 0;
    const { frames, effectsReceived: effects } = this;
    if (this.live && (frames || effects > this.effectsConfirmed)) this.send({ t: "confirm", frames, effects });
    this.frames = 0;
    this.effectsConfirmed = effects;
  }

  /** @param {number} number */
  acknowledged(number) {
    while (this.pending[0]?.number <= number) this.pending.shift();
    this.page.acknowledged(number);
  }

  /** Whether the user does not miss this event if it is lost. @param {number} number */
  isQuiet(number) {
    return this.pending.some((event) => event.number === number && /^(focus|blur)$/.test(event.name));
  }

  /**
   * Send an event. It is stored until it is acknowledged.
   * @param {Pick<EventMessage, "document" | "node" | "name" | "data">} content
   * @returns {number} its number
   */
  event(content) {
    /** @type {EventMessage} */
    const event = { t: "event", number: ++this.number, ...content };
    if (isTooLarge(encode(event))) Object.assign(event, { data: null, too_large: true });
    this.pending.push(event);
    if (this.live) {
      // The event also confirms frames, because separate messages would cost more.
      if (this.frames) event.frames = this.frames;
      this.send(event);
      this.frames = 0;
      event.frames = undefined; // it is not valid for another connection
    }
    return event.number;
  }

  /** Send a message, if the link is connected. @param {object} message */
  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encode(message));
  }
}
