/**
 * Loads the style sheets and modules that the classes of a document declare. A file is linked only
 * once, when a document first needs it. The order is that of the server's list.
 */

/**
 * Only these URLs are loaded, even if a frame contains others (threat T13). The page's
 * Content-Security-Policy limits URLs, too.
 */
const STATIC_FILE = /^\/_everview\/static\/[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** @type {Map<string, HTMLLinkElement>} style sheets of this page, by URL */
const sheets = new Map();
/** @type {Promise<void>[]} style sheets that are being loaded */
let loading = [];

/** Import a module that the server serves. @param {string} url */
export async function load(url) {
  if (!STATIC_FILE.test(url)) throw new Error(`${url} is not a static file`);
  return import(url);
}

/**
 * Link files that are not linked yet. The order of style sheets decides between equal rules, so a new
 * one is inserted after those that precede it in the list.
 * @param {string[]} urls all files that the document uses
 * @param {(error: unknown) => void} report
 */
export function link(urls, report) {
  /** @type {Element | null} */
  let last = null;
  for (const url of urls) {
    if (!STATIC_FILE.test(url)) report(new Error(`${url} is not a static file`));
    else if (!url.endsWith(".css")) load(url).catch(report);
    else {
      let sheet = sheets.get(url);
      if (!sheet) {
        sheet = document.createElement("link");
        sheet.rel = "stylesheet";
        sheets.set(url, sheet);
        loading.push(loaded(sheet, report));
        sheet.href = url;
        if (last) last.after(sheet);
        else document.head.append(sheet);
      }
      last = sheet;
    }
  }
}

/**
 * @param {HTMLLinkElement} sheet @param {(error: unknown) => void} report
 * @returns {Promise<void>} resolves also if the style sheet cannot be loaded
 */
function loaded(sheet, report) {
  return new Promise((resolve) => {
    sheet.addEventListener("load", () => resolve());
    sheet.addEventListener("error", () => {
      report(new Error(`the style sheet ${sheet.href} cannot be loaded`));
      resolve();
    });
  });
}

/**
 * Wait until all linked style sheets are loaded. A widget may measure its size, which depends on
 * them.
 */
export async function styled() {
  const waited = loading;
  await Promise.all(waited);
  if (loading === waited) loading = [];
}
