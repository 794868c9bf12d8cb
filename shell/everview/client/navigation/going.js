/** Going elsewhere: to another view of the app, back, to one more window. navigation.js has the links. */

import { STORE, here, parse } from "./navigation.js";

/** Whether an address is of this app: whatever a server says, nothing else is loaded into a window. @param {string} url */
export const isOwn = (url) => parse(url)?.origin === location.origin;

export class Going {
  /** @param {{navigation: any, say: (message: any) => void, attach: () => void, leave: () => void}} page */
  constructor(page) {
    this.page = page;
    this.navigation = page.navigation;
    addEventListener("popstate", ({ state }) => this.popped(state));
    addEventListener("pagehide", () => {
      this.navigation.remember();
      sessionStorage.setItem(STORE, JSON.stringify(this.navigation.places));
    });
    // Who went back before this was there.
    if (history.state?.entry !== this.navigation.entry) this.popped(history.state);
  }

  /** Send what was typed before something else is shown. */
  leave() {
    this.page.leave();
    this.navigation.remember();
  }

  /** @param {string} url */
  openWindow(url) {
    this.page.leave();
    this.page.say({ t: "window", do: "open", url });
  }

  /** Show another view. @param {string} url with a part of it, if need be */
  go(url) {
    if (!isOwn(url)) return;
    this.leave();
    if (url !== here() + location.hash) {
      history.pushState(null, "", url);
      this.navigation.entry = this.navigation.name();
    }
    this.arrive(0);
  }

  /** @param {any} state of the entry of the history that is there now */
  popped(state) {
    this.page.leave();
    const { navigation } = this;
    if (state?.entry) navigation.remember(); // of what is still shown
    navigation.entry = state?.entry || navigation.name();
    const y = navigation.places[navigation.entry] || 0;
    if (here() !== navigation.shown) this.arrive(y);
    else if (state?.entry) scrollTo(0, y);
  }

  /** @param {number} y */
  arrive(y) {
    Object.assign(this.navigation, { arriving: true, shown: here(), goal: y, until: 0 });
    this.page.attach();
  }
}
