/**
 * Style sheets and modules that the classes of a document brought along: linked once, in the order
 * that the server gave, loaded when a document first needs them.
 */

/** Nothing else is ever loaded, whatever a frame says (threat T13; the policy of the page beside). */
const PLACE = /^\/_everview\/static\/[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** @type {Map<string, HTMLLinkElement>} style sheets of this page, by URL */
const sheets = new Map();
/** @type {Promise<any>[]} style sheets that are on their way */
let coming = [];

/** Import a module that the server serves. @param {string} url */
export async function load(url) {
  if (!PLACE.test(url)) throw new Error(`${url} is not a static file`);
  return import(url);
}

/**
 * Link what is not linked yet. The order of style sheets decides between equal rules, so a new one
 * comes behind those that the list has before it.
 * @param {string[]} urls all that the document uses @param {(error: any) => void} report
 */
export function link(urls, report) {
  /** @type {Element | null} */
  let last = null;
  for (const url of urls) {
    if (!PLACE.test(url)) report(new Error(`${url} is not a static file`));
    else if (!url.endsWith(".css")) load(url).catch(report);
    else {
      let sheet = sheets.get(url);
      if (!sheet) {
        sheet = document.createElement("link");
        sheet.rel = "stylesheet";
        sheets.set(url, sheet);
        coming.push(loaded(sheet, report));
        sheet.href = url;
        if (last) last.after(sheet);
        else document.head.append(sheet);
      }
      last = sheet;
    }
  }
}

/** @param {HTMLLinkElement} sheet @param {(error: any) => void} report */
function loaded(sheet, report) {
  return new Promise((resolve) => {
    sheet.addEventListener("load", resolve);
    sheet.addEventListener("error", () => {
      report(new Error(`the style sheet ${sheet.href} cannot be loaded`));
      resolve(null);
    });
  });
}

/** Resolves when the style sheets linked so far are there: a widget may measure itself. */
export async function styled() {
  const waited = coming;
  await Promise.all(waited);
  if (coming === waited) coming = [];
}
