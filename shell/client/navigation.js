/**
 * Links, and the way back: which view the window shows, where it was scrolled to, what has the focus.
 *
 * A page is never loaded again for a view of this app. Every entry of the history has a name, under
 * which its scroll position is kept, over reloads too.
 */

/** Milliseconds in which what a view shows late may still be scrolled to. */
const PATIENCE = 2000;
/** What the system's browser takes, and how much of it (shell/runtime/messages.py). */
const OUTSIDE = /^(https?:\/\/|mailto:).{1,4000}$/;

/** @param {string} href */
export function parse(href) {
  try {
    return new URL(href, location.href);
  } catch {
    return null;
  }
}

/** Whether an address is of this app: whatever a server says, nothing else is loaded into a window. @param {string} url */
export const isOwn = (url) => parse(url)?.origin === location.origin;

/** @param {string} part as an address has it */
function named(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a per cent sign that means itself
  }
}

export class Navigation {
  /**
   * @param {{say: (message: any) => void, here: () => string, places: Record<string, number>, attach: () => void, leave: () => void, chrome: any, root: HTMLElement}} page
   */
  constructor(page) {
    this.page = page;
    this.root = page.root;
    this.shown = page.here();
    this.places = page.places;
    /** Whether a person went somewhere: the focus goes there too. */
    this.arriving = false;
    this.entry = history.state?.entry || this.name();
    this.goal = { y: this.places[this.entry] || 0, part: "", until: 0 };
    addEventListener("pagehide", () => {
      this.remember();
      sessionStorage.setItem("everview-scroll", JSON.stringify(this.places));
    });
    for (const name of ["wheel", "pointerdown", "keydown"]) addEventListener(name, () => (this.goal.until = 0), { passive: true });
    document.addEventListener("click", (event) => this.follow(event));
    document.addEventListener("auxclick", (event) => this.follow(event));
  }

  /** Name the entry of the history that is there now. */
  name() {
    const entry = Math.random().toString(36).slice(2);
    history.replaceState({ entry }, "");
    return entry;
  }

  remember() {
    this.places[this.entry] = Math.round(scrollY);
  }

  /** @param {string} url */
  openWindow(url) {
    this.page.leave();
    this.page.say({ t: "window", do: "open", url });
  }

  /** Links to this app stay in the window, or open one more with Ctrl or the middle button. @param {MouseEvent} event */
  follow(event) {
    const link = /** @type {any} */ (event.target).closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button > 1 || link.hasAttribute("download")) return;
    if (link.closest("[data-ignore]")) return; // left to the browser
    if (link.matches(".shell-skip")) {
      event.preventDefault();
      return this.root.focus();
    }
    // A link in a drawing has no `origin` of its own.
    const target = parse(link.getAttribute("href"));
    if (target?.origin !== location.origin) return this.outside(event, link, target?.href);
    const url = target.pathname + target.search;
    const isOther = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!isOther && url === this.page.here() && target.hash) return this.remember(); // the browser scrolls there
    event.preventDefault();
    if (isOther) this.openWindow(url);
    else this.go(url + target.hash);
  }

  /** @param {Event} event @param {any} link @param {string} [url] */
  outside(event, link, url) {
    if (url && this.page.chrome.window.native && OUTSIDE.test(url)) {
      event.preventDefault();
      this.page.say({ t: "browse", url });
    } else {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer");
    }
  }

  /** Show another view. @param {string} url with a part of it, if need be */
  go(url) {
    if (!isOwn(url)) return;
    this.page.leave();
    this.remember();
    if (url !== this.page.here() + location.hash) {
      history.pushState(null, "", url);
      this.entry = this.name();
    }
    this.arrive(0);
  }

  /** @param {any} state */
  popped(state) {
    this.page.leave();
    if (state?.entry) this.remember(); // of what is still shown
    this.entry = state?.entry || this.name();
    if (this.page.here() !== this.shown) this.arrive(this.places[this.entry] || 0);
    else if (state?.entry) scrollTo(0, this.places[this.entry] || 0);
  }

  /** @param {number} y */
  arrive(y) {
    this.arriving = true;
    this.shown = this.page.here();
    this.goal = { y, part: y ? "" : location.hash, until: 0 };
    this.page.attach();
  }

  /** A frame was applied. @param {boolean} moved whether it is of another document */
  applied(moved) {
    const { goal } = this;
    if (moved) {
      const part = goal.part || (goal.y ? "" : location.hash);
      this.goal = { ...goal, part, until: performance.now() + PATIENCE };
      scrollTo(0, 0);
    }
    if (this.goal.until > performance.now()) this.reach();
    if (!moved) return;
    this.mark();
    const active = document.activeElement;
    if (this.arriving || active === document.body || !active) {
      /** @type {any} */ (this.root.querySelector("[autofocus]") || this.root).focus({ preventScroll: true });
    }
    this.arriving = false;
  }

  /** Mark the link in the bar that leads here. */
  mark() {
    const path = (/** @type {any} */ place) => place.pathname.replace(/\/$/, "");
    for (const link of document.querySelectorAll(".shell-bar a[href]")) {
      if (path(link) === path(location)) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** Scroll where this was, as soon as there is so much. */
  reach() {
    const { y, part } = this.goal;
    const target = part && document.getElementById(named(part.slice(1)));
    if (target) target.scrollIntoView();
    else if (!part) scrollTo(0, y);
    if (target || (!part && scrollY >= y - 1)) this.goal.until = 0;
  }
}
