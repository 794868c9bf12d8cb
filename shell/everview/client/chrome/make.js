/** Creates the elements of the shell. Texts are never parsed as HTML. */

/**
 * An element with attributes and children. Attributes such as `onclick` add listeners.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes] attributes with the value null or false are skipped
 * @param {...(Node | string | null)} children null is skipped
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

let count = 0;

/** An id that is unique in the page. */
export const newId = () => `shell-part-${++count}`;
