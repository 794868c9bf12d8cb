/**
 * Links, and where a view is scrolled to when it comes, and what has the focus then.
 *
 * A page is never loaded again for a view of this app. Every entry of the history has a name, under
 * which its scroll position is kept, over reloads too. How a window gets elsewhere is in going.js,
 * which comes when the first view is there.
 */

export const STORE = "everview-scroll";
/** Milliseconds in which what a view shows late may still be scrolled to. */
const PATIENCE = 2000;
/** What the system's browser takes, and how much of it (shell/everview/runtime/windows/messages.py). */
const OUTSIDE = /^(https?:\/\/|mailto:).{1,4000}$/;

/** What is shown, for the server: parts of a page are the page's. */
export const here = () => location.pathname + location.search;

/** @param {string} href */
export function parse(href) {
  try {
    return new URL(href, location.href);
  } catch {
    return null;
  }
}

/** The element that the address names a part of the page by. */
function part() {
  const name = location.hash.slice(1);
  try {
    return document.getElementById(decodeURIComponent(name));
  } catch {
    return document.getElementById(name); // a per cent sign that means itself
  }
}

export class Navigation {
  shown = here();
  /** @type {Record<string, number>} by the entries' names */
  places = JSON.parse(sessionStorage.getItem(STORE) || "{}");
  /** Whether a person went somewhere: the focus goes there too. */
  arriving = false;
  /** Until when it may take to scroll to the goal. */
  until = 0;

  /**
   * @param {{say: (message: any) => void, go: (how: "go" | "openWindow", url: string) => void, isNative: () => boolean}} page
   * @param {HTMLElement} root
   */
  constructor(page, root) {
    this.page = page;
    this.root = root;
    history.scrollRestoration = "manual"; // what is to be scrolled to comes with a frame
    this.entry = history.state?.entry || this.name();
    /** Where to scroll to. */
    this.goal = this.places[this.entry] || 0;
    for (const name of ["wheel", "pointerdown", "keydown"]) addEventListener(name, () => (this.until = 0), { passive: true });
    for (const name of ["click", "auxclick"]) addEventListener(name, (event) => this.follow(event));
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

  /** Links to this app stay in the window, or open one more with Ctrl or the middle button. @param {any} event */
  follow(event) {
    const { target, button, ctrlKey, metaKey, shiftKey } = event;
    const link = target.closest?.("a[href]");
    if (!link || event.defaultPrevented || button > 1 || link.hasAttribute("download")) return;
    if (link.closest("[data-ignore]")) return; // left to the browser
    const isOther = button || ctrlKey || metaKey || shiftKey;
    // A link in a drawing has no `origin` of its own.
    const url = parse(link.getAttribute("href"));
    const place = /** @type {string} */ (url && url.pathname + url.search);
    if (link.matches(".shell-skip")) this.root.focus();
    else if (url?.origin !== location.origin) {
      if (!url || !this.page.isNative() || !OUTSIDE.test(url.href)) {
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener noreferrer");
        return;
      }
      this.page.say({ t: "browse", url: url.href });
    } else if (isOther) this.page.go("openWindow", place);
    else if (place === here() && url.hash) return this.remember(); // the browser scrolls there
    else this.page.go("go", place + url.hash);
    event.preventDefault();
  }

  /** A frame was applied. @param {boolean} moved whether it is of another document */
  applied(moved) {
    if (moved) {
      this.until = performance.now() + PATIENCE;
      scrollTo(0, 0);
    }
    if (this.until > performance.now()) this.reach();
    if (!moved) return;
    const active = document.activeElement;
    if (this.arriving || active === document.body || !active) {
      /** @type {any} */ (this.root.querySelector("[autofocus]") || this.root).focus({ preventScroll: true });
    }
    this.arriving = false;
  }

  /** Scroll where this was, as soon as there is so much. */
  reach() {
    const target = !this.goal && part();
    if (target) target.scrollIntoView();
    else if (!this.goal && location.hash) return; // not there yet
    else {
      scrollTo(0, this.goal);
      if (scrollY < this.goal - 1) return;
    }
    this.until = 0;
  }
}
