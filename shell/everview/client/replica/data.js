/**
 * Applies the changes in frames to the page's copy of a widget's data (docs/protocol.md,
 * shell/everview/html/widgets/data.py). Containers keep their identity unless they are replaced.
 */

/** @typedef {import("../widget.js").Change} Change */

/**
 * Apply changes to the data in `holder.data`, in place. Throws an error if a change does not match.
 * @param {{data: any}} holder
 * @param {Change[]} changes outer containers before inner ones
 */
export function applyChanges(holder, changes) {
  for (const change of changes) {
    /** @type {any} */
    let outer = holder;
    /** @type {string | number} */
    let key = "data";
    for (const step of change.at || []) {
      outer = outer[key];
      key = step;
    }
    if ("all" in change) outer[key] = change.all;
    else if (Array.isArray(outer[key])) changeList(outer[key], change);
    else changeDict(outer[key], change);
  }
}

/** @param {Record<string, any>} dict @param {Change} change */
function changeDict(dict, change) {
  Object.assign(dict, change.set);
  for (const key of change.del || []) delete dict[key];
}

/** @param {any[]} list @param {Change} change */
function changeList(list, change) {
  const { keep = list.length, drop = 0, set = [], push = [] } = change;
  if (keep > list.length || drop > keep) throw new Error(`a list of ${list.length} is too short`);
  list.length = keep;
  if (drop) list.splice(0, drop);
  for (const [index, value] of set) list[index] = value;
  // A single list.push(...push) could overflow the stack, because it has many arguments.
  for (const value of push) list.push(value);
}
