/**
 * Handles links, and the scroll position and the focus of the shown view.
 *
 * Another view of this app is shown without loading the page again. Every entry of the history has a
 * name. The scroll position of an entry is stored under this name and survives reloads. going.js opens
 * other views; it is loaded after the first view is shown.
 */

export const STORE = "everview-scroll";
/**
 * If the content arrives late, the page scrolls to its target again for this number of
 * milliseconds.
 */
const PATIENCE = 2000;
/**
 * The server opens these addresses in the system's browser
 * (shell/everview/runtime/windows/messages.py).
 */
const OUTSIDE = /^(https?:\/\/|mailto:).{1,4000}$/;

/**
 * The address of the shown view, without the fragment, because the server does not see fragments.
 */
export const here = () => location.pathname + location.search;

/** @param {string} href */
export function parse(href) {
  try {
    return new URL(href, location.href);
  } catch {
    return null;
  }
}

/** The element to which the fragment of the address refers. */
function fragmentTarget() {
  const name = location.hash.slice(1);
  try {
    return document.getElementById(decodeURIComponent(name));
  } catch {
    return document.getElementById(name); // a literal percent sign
  }
}

export class Navigation {
  shown = here();
  /** @type {Record<string, number>} scroll positions by the names of entries */
  positions = JSON.parse(sessionStorage.getItem(STORE) || "{}");
  /** Whether the user navigated. If so, the focus moves to the new view. */
  arriving = false;
  /** The time until which the page scrolls to its target again. */
  until = 0;

  /**
   * @param {{send: (message: object) => void, go: (how: "go" | "openWindow", url: string) => void, isNative: () => boolean}} page
   * @param {HTMLElement} root
   */
  constructor(page, root) {
    this.page = page;
    this.root = root;
    history.scrollRestoration = "manual"; // the content arrives later, with a frame
    this.entry = history.state?.entry || this.name();
    /** The scroll position to restore. */
    this.goal = this.positions[this.entry] || 0;
    for (const name of ["wheel", "pointerdown", "keydown"]) addEventListener(name, () => (this.until = 0), { passive: true });
    for (const name of ["click", "auxclick"]) addEventListener(name, (event) => this.follow(/** @type {MouseEvent} */ (event)));
  }

  /** Name the current entry of the history. */
  name() {
    const entry = Math.random().toString(36).slice(2);
    history.replaceState({ entry }, "");
    return entry;
  }

  /** Store the scroll position. */
  remember() {
    this.positions[this.entry] = Math.round(scrollY);
  }

  /**
   * A link to this app is opened in the same window. With Ctrl or the middle button, it is opened
   * in a new window.
   * @param {MouseEvent} event
   */
  follow(event) {
    const { target, button, ctrlKey, metaKey, shiftKey } = event;
    const link = target instanceof Element && target.closest("a[href]");
    if (!link || event.defaultPrevented || button > 1 || link.hasAttribute("download")) return;
    if (link.closest("[data-ignore]")) return; // only the browser handles this link
    const isOther = button || ctrlKey || metaKey || shiftKey;
    // Links in SVG have no property `origin`.
    const url = parse(link.getAttribute("href") || "");
    const path = /** @type {string} */ (url && url.pathname + url.search);
    if (link.matches(".shell-skip")) this.root.focus();
    else if (url?.origin !== location.origin) {
      if (!url || !this.page.isNative() || !OUTSIDE.test(url.href)) {
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener noreferrer");
        return;
      }
      this.page.send({ t: "browse", url: url.href });
    } else if (isOther) this.page.go("openWindow", path);
    else if (path === here() && url.hash) return this.remember(); // the browser scrolls there
    else this.page.go("go", path + url.hash);
    event.preventDefault();
  }

  /** Called after each frame. @param {boolean} moved whether it shows another document */
  applied(moved) {
    if (moved) {
      this.until = performance.now() + PATIENCE;
      scrollTo(0, 0);
    }
    if (this.until > performance.now()) this.reach();
    if (!moved) return;
    const active = document.activeElement;
    if (this.arriving || active === document.body || !active) {
      const target = /** @type {HTMLElement | null} */ (this.root.querySelector("[autofocus]")) || this.root;
      target.focus({ preventScroll: true });
    }
    this.arriving = false;
  }

  /** Scroll to the stored position or the fragment, as soon as the content is high enough. */
  reach() {
    const target = !this.goal && fragmentTarget();
    if (target) target.scrollIntoView();
    else if (!this.goal && location.hash) return; // the target does not exist yet
    else {
      scrollTo(0, this.goal);
      if (scrollY < this.goal - 1) return;
    }
    this.until = 0;
  }
}
