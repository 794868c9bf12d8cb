/** Elements for what the shell shows over a view. Text is text: nothing is parsed. */

/**
 * An element with attributes and children; listeners by names as `onclick`.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] null and false: left out
 * @param {...any} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

let numbers = 0;

/** An id that no view has. */
export const newId = () => `shell-part-${++numbers}`;
