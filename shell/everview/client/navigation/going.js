/**
 * Opens other views: by address, from the history, or in a new window. navigation.js handles links.
 */

import { STORE, here, parse } from "./navigation.js";

/** @typedef {import("./navigation.js").Navigation} Navigation */

/**
 * Whether an address belongs to this app. A window never loads any other address.
 * @param {string} url
 */
export const isOwn = (url) => parse(url)?.origin === location.origin;

export class Going {
  /** @param {{navigation: Navigation, send: (message: object) => void, attach: () => void, flush: () => void}} page */
  constructor(page) {
    this.page = page;
    this.navigation = page.navigation;
    addEventListener("popstate", ({ state }) => this.handlePop(state));
    addEventListener("pagehide", () => {
      this.navigation.remember();
      sessionStorage.setItem(STORE, JSON.stringify(this.navigation.positions));
    });
    // The user may have gone back before this module was loaded.
    if (history.state?.entry !== this.navigation.entry) this.handlePop(history.state);
  }

  /** Send unsent edits and save the scroll position before other content is shown. */
  leave() {
    this.page.flush();
    this.navigation.remember();
  }

  /** @param {string} url */
  openWindow(url) {
    this.page.flush();
    this.page.send({ t: "window", do: "open", url });
  }

  /** Show another view. @param {string} url may have a fragment */
  go(url) {
    if (!isOwn(url)) return;
    this.leave();
    if (url !== here() + location.hash) {
      history.pushState(null, "", url);
      this.navigation.entry = this.navigation.name();
    }
    this.arrive(0);
  }

  /** @param {{entry: string} | null} state of the current entry of the history */
  handlePop(state) {
    this.page.flush();
    const { navigation } = this;
    if (state?.entry) navigation.remember(); // the position in the view that is still shown
    navigation.entry = state?.entry || navigation.name();
    const y = navigation.positions[navigation.entry] || 0;
    if (here() !== navigation.shown) this.arrive(y);
    else if (state?.entry) scrollTo(0, y);
  }

  /** @param {number} y */
  arrive(y) {
    Object.assign(this.navigation, { arriving: true, shown: here(), goal: y, until: 0 });
    this.page.attach();
  }
}
