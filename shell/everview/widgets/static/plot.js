/**
 * The page side of `Plot`: axes, lines and a cursor on a canvas, and the same in words.
 * Drawn once per animation frame at most, whatever comes.
 */

import { t } from "/_everview/t.js";
import { Widget } from "/_everview/widget.js";
import { numberText, placeOf, stepOf, textOf, ticks } from "./plot_axes.js";
import { drawLine, extent } from "./plot_lines.js";

const LEFT = 58;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 26;
/** Milliseconds between two descriptions for screen readers. */
const SPEAK = 5000;

export default class Plot extends Widget {
  /** @param {any} node @param {any} data */
  constructor(node, data) {
    super(node, data);
    /** @type {number | null} x of the cursor */
    this.cursor = null;
    this.title = make("div", "ev-plot-title");
    this.name = make("strong", "");
    this.title.append(this.name);
    // A slider: what screen readers know to move with the arrows and to read a value of.
    this.area = make("div", "ev-plot-area", { role: "slider", tabindex: "0", "aria-orientation": "horizontal", "aria-valuenow": "0" });
    this.canvas = /** @type {HTMLCanvasElement} */ (make("canvas", "", { "aria-hidden": "true" }));
    this.spoken = make("div", "ev-hidden", { role: "status" });
    this.area.append(this.canvas);
    node.append(this.title, this.area, this.spoken);
    /** @type {HTMLElement[]} */
    this.values = data.names.map((/** @type {string} */ name, /** @type {number} */ index) => {
      const key = make("span", "ev-plot-key");
      key.style.setProperty("--mine", `var(--ev-line-${index + 1})`);
      const value = make("b", "");
      key.append(name, value);
      this.title.append(key);
      return value;
    });
    this.area.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.area.addEventListener("pointerleave", () => this.move(null));
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => this.move(null));
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.area);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    /** @type {Map<string, string>} colours by the names of the style sheet */
    this.known = new Map();
    // A canvas takes plain colours only; an element knows what those of the theme are.
    this.probe = make("span", "", { hidden: "" });
    node.append(this.probe);
    this.redraw = () => {
      this.known.clear();
      this.schedule();
    };
    this.theme.addEventListener("change", this.redraw);
    this.chosen = new MutationObserver(this.redraw);
    this.chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.update(data);
  }

  /** @param {any} data */
  update(data) {
    this.name.textContent = data.label;
    this.area.setAttribute("aria-label", data.label);
    this.area.style.height = `${data.height}px`;
    this.schedule();
    this.speaking ||= window.setTimeout(() => this.speak(), this.spoken.textContent ? SPEAK : 200);
  }

  /** @param {string} name */
  colors(name) {
    let color = this.known.get(name);
    if (color === undefined) {
      this.probe.style.color = `var(${name})`;
      this.known.set(name, (color = getComputedStyle(this.probe).color));
    }
    return color;
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { data, canvas } = this;
    const { clientWidth: width, clientHeight: height } = this.area;
    if (!width || !height) return;
    const density = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.node);
    pen.font = `12px ${style.fontFamily}`;
    this.measure(width, height);
    this.drawAxes(pen, width, height);
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP - 2, width - LEFT - RIGHT, height - TOP - BOTTOM + 4);
    pen.clip();
    const scale = { toX: this.toX, toY: this.toY, toValue: this.toValue, width: width - LEFT - RIGHT };
    data.y.forEach((/** @type {any[]} */ line, /** @type {number} */ index) => {
      pen.strokeStyle = this.colors(`--ev-line-${index + 1}`);
      drawLine(pen, data.x, line, scale);
    });
    pen.restore();
    this.drawCursor(pen, height);
  }

  /** From values to pixels. @param {number} width @param {number} height */
  measure(width, height) {
    const { x, y, kind } = this.data;
    let [low, high] = extent(y);
    if (low > high) [low, high] = [0, 1];
    if (low === high) [low, high] = [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2];
    this.stepY = stepOf(high - low, (height - TOP - BOTTOM) / 40, "number");
    low = Math.floor(low / this.stepY) * this.stepY;
    high = Math.ceil(high / this.stepY) * this.stepY;
    let from = x.length ? x[0] : 0;
    let to = x.length ? x[x.length - 1] : 1;
    if (from === to) [from, to] = [from - 0.5, to + 0.5];
    this.stepX = stepOf(to - from, (width - LEFT - RIGHT) / (kind === "time" ? 90 : 80), kind);
    [this.low, this.high, this.from, this.to] = [low, high, from, to];
    const wide = (width - LEFT - RIGHT) / (to - from);
    const tall = (height - TOP - BOTTOM) / (high - low);
    this.toX = (/** @type {number} */ value) => LEFT + (value - from) * wide;
    this.toY = (/** @type {number} */ value) => TOP + (high - value) * tall;
    this.toValue = (/** @type {number} */ pixel) => from + (pixel - LEFT) / wide;
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} width @param {number} height */
  drawAxes(pen, width, height) {
    const { kind, x_label: labelX, y_label: labelY } = this.data;
    const bottom = height - BOTTOM;
    pen.lineWidth = 1;
    pen.strokeStyle = this.colors("--line");
    pen.fillStyle = this.colors("--dim");
    pen.beginPath();
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const down = ticks(this.low, this.high, Math.round((this.high - this.low) / this.stepY), "number");
    for (const place of down.places) {
      const y = Math.round(this.toY(place)) + 0.5;
      pen.moveTo(LEFT, y);
      pen.lineTo(width - RIGHT, y);
      pen.fillText(numberText(place, down.step), LEFT - 8, y);
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    let free = labelX ? width - RIGHT - pen.measureText(labelX).width - 12 : width;
    const across = ticks(this.from, this.to, Math.max(1, (this.to - this.from) / this.stepX), kind);
    for (const place of across.places) {
      const x = Math.round(this.toX(place)) + 0.5;
      pen.moveTo(x, bottom);
      pen.lineTo(x, bottom + 4);
      const text = textOf(place, across.step, kind);
      const half = pen.measureText(text).width / 2;
      if (x + half < free && x + half < width - 2 && x - half > 2) pen.fillText(text, x, bottom + 7);
    }
    pen.stroke();
    pen.textAlign = "right";
    if (labelX) pen.fillText(labelX, width - RIGHT, bottom + 7);
    pen.textAlign = "left";
    if (labelY) pen.fillText(labelY, LEFT + 6, TOP);
    if (!this.data.x.length) {
      pen.textAlign = "center";
      pen.fillText(t("No points yet"), (LEFT + width - RIGHT) / 2, height / 2 - 10);
    }
  }

  /** The point nearest to the cursor, or -1. */
  get place() {
    const { x } = this.data;
    if (this.cursor === null || !x.length) return -1;
    const after = Math.min(placeOf(x, this.cursor), x.length - 1);
    return after > 0 && this.cursor - x[after - 1] < x[after] - this.cursor ? after - 1 : after;
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} height */
  drawCursor(pen, height) {
    const { data, place } = this;
    const at = place < 0 ? data.x.length - 1 : place;
    this.values.forEach((element, index) => (element.textContent = this.valueText(index, at)));
    const now = at < 0 ? 0 : data.x[at];
    this.area.setAttribute("aria-valuemin", String(this.from));
    this.area.setAttribute("aria-valuemax", String(this.to));
    this.area.setAttribute("aria-valuenow", String(now));
    this.area.setAttribute("aria-valuetext", at < 0 ? t("no points yet") : this.words(at));
    if (place < 0) return;
    const x = Math.round(this.toX(data.x[place])) + 0.5;
    pen.strokeStyle = this.colors("--dim");
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, TOP);
    pen.lineTo(x, height - BOTTOM);
    pen.stroke();
    data.y.forEach((/** @type {any[]} */ line, /** @type {number} */ index) => {
      if (line[place] === null || line[place] === undefined) return;
      pen.fillStyle = this.colors(`--ev-line-${index + 1}`);
      pen.beginPath();
      pen.arc(x, this.toY(line[place]), 3.5, 0, 2 * Math.PI);
      pen.fill();
    });
    const text = textOf(data.x[place], data.kind === "time" ? Math.min(1, this.stepX) : this.stepX / 100, data.kind, false);
    const wide = pen.measureText(text).width + 10;
    const left = Math.max(LEFT, Math.min(x - wide / 2, this.area.clientWidth - RIGHT - wide));
    pen.fillStyle = this.colors("--text");
    pen.fillRect(left, height - BOTTOM + 3, wide, 19);
    pen.fillStyle = this.colors("--surface");
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.fillText(text, left + wide / 2, height - BOTTOM + 7);
  }

  /** @param {number} index of the series @param {number} place @param {boolean} [even] */
  valueText(index, place, even = true) {
    const value = this.data.y[index][place];
    return value === null || value === undefined ? "–" : numberText(value, this.stepY / 100, even);
  }

  /** @param {number} place */
  words(place) {
    const { x, names, kind, x_label: labelX, y_label: labelY } = this.data;
    const at = textOf(x[place], kind === "time" ? 1 : this.stepX / 100, kind, false);
    const values = names.map((/** @type {string} */ name, /** @type {number} */ index) => `${name} ${this.valueText(index, place, false)}${labelY ? ` ${labelY}` : ""}`);
    return `${labelX ? `${labelX} ` : ""}${at}: ${values.join(", ")}`;
  }

  speak() {
    this.speaking = 0;
    const { x, y, names } = this.data;
    if (!x.length || this.low === undefined) return;
    const lines = names.map((/** @type {string} */ name, /** @type {number} */ index) => {
      const [low, high] = extent([y[index]]);
      return low > high ? t("{0}: no values", name) : t("{0}: now {1}, lowest {2}, highest {3}", name, this.valueText(index, x.length - 1, false), numberText(low, this.stepY / 100, false), numberText(high, this.stepY / 100, false));
    });
    this.spoken.textContent = `${t("{0}, {1} points", this.data.label, x.length.toLocaleString())}. ${lines.join(". ")}`;
  }

  /** @param {number} pixel */
  point(pixel) {
    if (this.toValue) this.move(this.toValue(pixel));
  }

  /** @param {number | null} x */
  move(x) {
    this.cursor = x;
    this.schedule();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { x } = this.data;
    if (!x.length || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = this.place < 0 ? x.length : this.place;
    // One step is seen to move: of many points in a pixel, it goes to the next pixel.
    const step = Math.max(1, Math.ceil(x.length / Math.max(1, this.area.clientWidth - LEFT - RIGHT)));
    const to = {
      ArrowLeft: at - step,
      ArrowDown: at - step,
      ArrowRight: at + step,
      ArrowUp: at + step,
      PageDown: at - 20 * step,
      PageUp: at + 20 * step,
      Home: 0,
      End: x.length - 1,
    }[event.key];
    if (to !== undefined) this.move(x[Math.max(0, Math.min(to, x.length - 1))]);
    else if (event.key === "Escape") this.move(null);
    else return;
    event.preventDefault();
  }

  destroy() {
    cancelAnimationFrame(this.frame || 0);
    clearTimeout(this.speaking);
    this.sizes.disconnect();
    this.theme.removeEventListener("change", this.redraw);
    this.chosen.disconnect();
  }
}

/** @param {string} tag @param {string} name @param {Record<string, string>} [attributes] */
function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}
