/**
 * The link to the server: proves this window's right, brings frames, carries events.
 *
 * A link that breaks is made again, without a reload: the window says which revision it has, and
 * gets what it missed. Events are numbered; those that the server has not received are sent again
 * under the same number, so that each is handled once.
 */

const STORE = "everview";
/** Milliseconds between attempts: at once, then slower; a person sees a notice after the third. */
const RETRIES = [0, 50, 100, 200, 400, 800];
const SLOWEST = 1500;
/**
 * Frames that are confirmed at once, and a little later: the server sends at most 64 that were not
 * confirmed, 16 that nobody asked for. A large one is confirmed by itself. Windows that show the
 * same get the same frames: they do not all confirm the same one.
 */
const MANY = 24 + Math.random() * 8;
const SOME = 8;
const SOON = 100;
const LARGE = 64_000;
const REFUSED = 4403;
/** As made in shell/everview/server/access/keys.py. */
const TICKET = /^#[\w-]{43}$/;
const REPLACED = 4001;

/** HMAC-SHA-256, as `proof` in shell/everview/server/access/keys.py. @param {string} key @param {string[]} parts */
async function proof(key, ...parts) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = Uint8Array.from(key.match(/../g) || [], (pair) => parseInt(pair, 16));
  const imported = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(parts.join("\0")));
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Link {
  number = 0;
  /** @type {any[]} events that were not acknowledged */
  pending = [];
  live = false;
  attempt = 0;
  frames = 0;
  fresh = true;
  timer = 0;
  confirming = 0;
  /** The number of the last effects that arrived, and of the last ones that were confirmed. */
  effectsReceived = 0;
  effectsConfirmed = 0;

  /**
   * @param {{welcome: () => any, message: (message: any) => void, acknowledged: (number: number) => void, state: (state: string) => void}} page
   *   `welcome` returns what to attach to, `message` takes frames, `acknowledged` is told
   *   up to which number events were handled, `state` is told "live",
   *   "offline", "refused" or "replaced".
   */
  constructor(page) {
    this.page = page;
    // A page of this app may be reloaded at a part of it: a name is no ticket.
    this.ticket = TICKET.test(location.hash) ? location.hash.slice(1) : "";
    // The ticket leaves the address and the history before anything else happens.
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
    // Another program may have this port by now. Who gets a ticket was named together with it; who
    // does not has to prove that it knows this window's key before it is told or believed anything.
    let isServer = Boolean(this.ticket);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      const { ticket, fresh } = this;
      if (ticket) this.say({ t: "hello", nonce, ticket });
      else if (key) this.say({ t: "hello", nonce, window: id, user, label, fresh });
      else socket.close();
    };
    socket.onmessage = async ({ data }) => {
      if (socket !== this.socket) return;
      const message = JSON.parse(data);
      if (this.live) this.receive(message, data.length);
      else if (message.t === "challenge") {
        const theirs = await proof(key, "server", nonce, message.nonce);
        isServer = theirs === message.proof;
        if (!isServer) socket.close(); // not the server this window belongs to
        else this.say({ t: "proof", proof: await proof(key, "client", nonce, message.nonce), effects: this.effectsReceived });
      } else if (message.t === "welcome" && isServer) this.welcome(message);
      else socket.close();
    };
    // The end of a link that another has replaced says nothing about that one.
    socket.onclose = ({ code }) => socket === this.socket && this.closed(code);
  }

  /** @param {any} message */
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
    this.say({ t: "attach", ...this.page.welcome() });
    for (const event of this.pending) if (event.number > message.received) this.say(event);
    this.live = true; // from here on what is done is sent at once
  }

  /** @param {number} code */
  closed(code) {
    this.live = false;
    if (code === REPLACED) return this.page.state("replaced");
    const hasRight = this.ticket || this.credentials;
    if (code === REFUSED || !hasRight) return this.page.state("refused");
    if (this.attempt > 3) this.page.state("offline");
    this.timer = setTimeout(() => this.connect(), RETRIES[this.attempt++] ?? SLOWEST);
  }

  /** @param {any} message @param {number} length */
  receive(message, length) {
    // Not at the welcome: a server that fails right after it is not asked again without a pause.
    this.attempt = 0;
    this.page.message(message);
    if (message.acknowledged) this.acknowledged(message.acknowledged);
    if (message.effects_number) this.effectsReceived = message.effects_number;
    if (message.frame) this.frames++;
    if (this.frames >= MANY || (message.frame && length > LARGE)) this.confirm();
    else if (this.frames >= SOME || message.effects_number) this.confirming ||= setTimeout(() => this.confirm(), SOON);
  }

  confirm() {
    clearTimeout(this.confirming);
    this.confirming = 0;
    const { frames, effectsReceived: effects } = this;
    if (this.live && (frames || effects > this.effectsConfirmed)) this.say({ t: "confirm", frames, effects });
    this.frames = 0;
    this.effectsConfirmed = effects;
  }

  /** @param {number} number */
  acknowledged(number) {
    while (this.pending[0]?.number <= number) this.pending.shift();
    this.page.acknowledged(number);
  }

  /** Whether nobody did this event on purpose, so that nobody misses it. @param {number} number */
  isQuiet(number) {
    return this.pending.some((event) => event.number === number && /^(focus|blur)$/.test(event.name));
  }

  /** Send an event; it is kept until it is acknowledged. @param {any} event @returns {number} its number */
  event(event) {
    event.t = "event";
    event.number = ++this.number;
    this.pending.push(event);
    if (this.live) {
      // What confirms frames rides along: a message of its own for every eighth click costs more.
      if (this.frames) event.frames = this.frames;
      this.say(event);
      this.frames = 0;
      event.frames = undefined; // of this link only, if it is sent again
    }
    return event.number;
  }

  /** @param {any} message */
  say(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
