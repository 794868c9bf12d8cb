/**
 * The page side of `Plot`: axes, lines and a cursor on a canvas, and the same values as text.
 * The plot is drawn at most once per animation frame.
 */

import { t } from "/_everview/t.js";
import { Widget } from "/_everview/widget.js";
import { indexOf, numberText, stepOf, textOf, ticks } from "./plot_axes.js";
import { drawLine, extent } from "./plot_lines.js";

const LEFT = 58;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 26;
/** Milliseconds between two descriptions for screen readers. */
const SPEAK_INTERVAL = 5000;

/**
 * @typedef {object} PlotData
 * @property {number[]} x sorted
 * @property {(number | null)[][]} y one list for each line
 * @property {string[]} names of the lines
 * @property {string} kind "time": x are seconds since the epoch
 * @property {string} label
 * @property {string} x_label
 * @property {string} y_label
 * @property {number} height in pixels
 */

/**
 * The range of the axes, and the conversions from values to pixels and back.
 * @typedef {object} Scale
 * @property {number} low
 * @property {number} high
 * @property {number} from
 * @property {number} to
 * @property {number} stepX between two ticks
 * @property {number} stepY
 * @property {number} width of the area between the axes
 * @property {(value: number) => number} toX
 * @property {(value: number) => number} toY
 * @property {(pixel: number) => number} toValue
 */

export default class Plot extends Widget {
  /** @param {HTMLElement} node @param {PlotData} data */
  constructor(node, data) {
    super(node, data);
    /** @type {number | null} x of the cursor */
    this.cursor = null;
    /** @type {Scale | null} null until the plot was drawn */
    this.scale = null;
    this.title = make("div", "ev-plot-title");
    this.name = make("strong", "");
    this.title.append(this.name);
    // With the role slider, screen readers support the arrow keys and read the value.
    this.area = make("div", "ev-plot-area", { role: "slider", tabindex: "0", "aria-orientation": "horizontal", "aria-valuenow": "0" });
    this.canvas = /** @type {HTMLCanvasElement} */ (make("canvas", "", { "aria-hidden": "true" }));
    this.spoken = make("div", "ev-hidden", { role: "status" });
    this.area.append(this.canvas);
    node.append(this.title, this.area, this.spoken);
    /** @type {HTMLElement[]} */
    this.values = data.names.map((name, index) => {
      const key = make("span", "ev-plot-key");
      key.style.setProperty("--mine", `var(--ev-line-${index + 1})`);
      const value = make("b", "");
      key.append(name, value);
      this.title.append(key);
      return value;
    });
    this.area.addEventListener("pointermove", (event) => this.pointTo(event.offsetX));
    this.area.addEventListener("pointerleave", () => this.moveCursor(null));
    this.area.addEventListener("keydown", (event) => this.handleKey(event));
    this.area.addEventListener("blur", () => this.moveCursor(null));
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.area);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    /** @type {Map<string, string>} colors by the names of the style sheet */
    this.colors = new Map();
    // A canvas accepts plain colors only; the computed style of an element resolves variables.
    this.probe = make("span", "", { hidden: "" });
    node.append(this.probe);
    this.redraw = () => {
      this.colors.clear();
      this.schedule();
    };
    this.theme.addEventListener("change", this.redraw);
    this.themeObserver = new MutationObserver(this.redraw);
    this.themeObserver.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.update(data);
  }

  /** @param {PlotData} data */
  update(data) {
    this.name.textContent = data.label;
    this.area.setAttribute("aria-label", data.label);
    this.area.style.height = `${data.height}px`;
    this.schedule();
    this.speaking ||= window.setTimeout(() => this.speak(), this.spoken.textContent ? SPEAK_INTERVAL : 200);
  }

  /** The value of a color variable of the style sheet. @param {string} name */
  color(name) {
    let color = this.colors.get(name);
    if (color === undefined) {
      this.probe.style.color = `var(${name})`;
      this.colors.set(name, (color = getComputedStyle(this.probe).color));
    }
    return color;
  }

  schedule() {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const { canvas } = this;
    /** @type {PlotData} */
    const data = this.data;
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
    const scale = (this.scale = scaleOf(data, width, height));
    this.drawAxes(pen, scale, width, height);
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP - 2, scale.width, height - TOP - BOTTOM + 4);
    pen.clip();
    data.y.forEach((line, index) => {
      pen.strokeStyle = this.color(`--ev-line-${index + 1}`);
      drawLine(pen, data.x, line, scale);
    });
    pen.restore();
    this.drawCursor(pen, scale, height);
  }

  /** @param {CanvasRenderingContext2D} pen @param {Scale} scale @param {number} width @param {number} height */
  drawAxes(pen, scale, width, height) {
    const { kind, x_label: labelX, y_label: labelY } = this.data;
    const { low, high, from, to } = scale;
    const bottom = height - BOTTOM;
    pen.lineWidth = 1;
    pen.strokeStyle = this.color("--line");
    pen.fillStyle = this.color("--dim");
    pen.beginPath();
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const ticksY = ticks(low, high, Math.round((high - low) / scale.stepY), "number");
    for (const value of ticksY.values) {
      const y = Math.round(scale.toY(value)) + 0.5;
      pen.moveTo(LEFT, y);
      pen.lineTo(width - RIGHT, y);
      pen.fillText(numberText(value, ticksY.step), LEFT - 8, y);
    }
    pen.textAlign = "center";
    pen.textBaseline = "top";
    // The label of the axis needs the space at the right end.
    const free = labelX ? width - RIGHT - pen.measureText(labelX).width - 12 : width;
    const ticksX = ticks(from, to, Math.max(1, (to - from) / scale.stepX), kind);
    for (const value of ticksX.values) {
      const x = Math.round(scale.toX(value)) + 0.5;
      pen.moveTo(x, bottom);
      pen.lineTo(x, bottom + 4);
      const text = textOf(value, ticksX.step, kind);
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

  /** The index of the point nearest to the cursor, or -1. */
  get index() {
    const { x } = this.data;
    if (this.cursor === null || !x.length) return -1;
    const after = Math.min(indexOf(x, this.cursor), x.length - 1);
    return after > 0 && this.cursor - x[after - 1] < x[after] - this.cursor ? after - 1 : after;
  }

  /** @param {CanvasRenderingContext2D} pen @param {Scale} scale @param {number} height */
  drawCursor(pen, scale, height) {
    const { index } = this;
    /** @type {PlotData} */
    const data = this.data;
    const shown = index < 0 ? data.x.length - 1 : index;
    this.values.forEach((element, line) => (element.textContent = this.valueText(line, shown, scale)));
    const now = shown < 0 ? 0 : data.x[shown];
    this.area.setAttribute("aria-valuemin", String(scale.from));
    this.area.setAttribute("aria-valuemax", String(scale.to));
    this.area.setAttribute("aria-valuenow", String(now));
    this.area.setAttribute("aria-valuetext", shown < 0 ? t("no points yet") : this.pointText(shown, scale));
    if (index < 0) return;
    const x = Math.round(scale.toX(data.x[index])) + 0.5;
    pen.strokeStyle = this.color("--dim");
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, TOP);
    pen.lineTo(x, height - BOTTOM);
    pen.stroke();
    data.y.forEach((values, line) => {
      const value = values[index];
      if (value === null || value === undefined) return;
      pen.fillStyle = this.color(`--ev-line-${line + 1}`);
      pen.beginPath();
      pen.arc(x, scale.toY(value), 3.5, 0, 2 * Math.PI);
      pen.fill();
    });
    const text = textOf(data.x[index], data.kind === "time" ? Math.min(1, scale.stepX) : scale.stepX / 100, data.kind, false);
    const width = pen.measureText(text).width + 10;
    const left = Math.max(LEFT, Math.min(x - width / 2, this.area.clientWidth - RIGHT - width));
    pen.fillStyle = this.color("--text");
    pen.fillRect(left, height - BOTTOM + 3, width, 19);
    pen.fillStyle = this.color("--surface");
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.fillText(text, left + width / 2, height - BOTTOM + 7);
  }

  /** @param {number} line @param {number} index @param {Scale} scale @param {boolean} [even] */
  valueText(line, index, scale, even = true) {
    const value = this.data.y[line][index];
    return value === null || value === undefined ? "–" : numberText(value, scale.stepY / 100, even);
  }

  /** A point with the values of all lines. @param {number} index @param {Scale} scale */
  pointText(index, scale) {
    const { x, names, kind, x_label: labelX, y_label: labelY } = this.data;
    const unit = labelY ? ` ${labelY}` : "";
    const values = names.map((/** @type {string} */ name, /** @type {number} */ line) => {
      return `${name} ${this.valueText(line, index, scale, false)}${unit}`;
    });
    const text = textOf(x[index], kind === "time" ? 1 : scale.stepX / 100, kind, false);
    const point = labelX ? `${labelX} ${text}` : text;
    return `${point}: ${values.join(", ")}`;
  }

  /** Describe the plot to screen readers. */
  speak() {
    this.speaking = 0;
    const { scale } = this;
    const { x, y, names } = this.data;
    if (!x.length || !scale) return;
    const step = scale.stepY / 100;
    const lines = names.map((/** @type {string} */ name, /** @type {number} */ line) => {
      const [low, high] = extent([y[line]]);
      if (low > high) return t("{0}: no values", name);
      const now = this.valueText(line, x.length - 1, scale, false);
      return t("{0}: now {1}, lowest {2}, highest {3}", name, now, numberText(low, step, false), numberText(high, step, false));
    });
    this.spoken.textContent = `${t("{0}, {1} points", this.data.label, x.length.toLocaleString())}. ${lines.join(". ")}`;
  }

  /** @param {number} pixel */
  pointTo(pixel) {
    if (this.scale) this.moveCursor(this.scale.toValue(pixel));
  }

  /** @param {number | null} x */
  moveCursor(x) {
    this.cursor = x;
    this.schedule();
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const { x } = this.data;
    if (!x.length || event.ctrlKey || event.altKey || event.metaKey) return;
    const index = this.index < 0 ? x.length : this.index;
    // With many points in one pixel, a step moves the cursor to the next pixel.
    const step = Math.max(1, Math.ceil(x.length / Math.max(1, this.area.clientWidth - LEFT - RIGHT)));
    const to = {
      ArrowLeft: index - step,
      ArrowDown: index - step,
      ArrowRight: index + step,
      ArrowUp: index + step,
      PageDown: index - 20 * step,
      PageUp: index + 20 * step,
      Home: 0,
      End: x.length - 1,
    }[event.key];
    if (to !== undefined) this.moveCursor(x[Math.max(0, Math.min(to, x.length - 1))]);
    else if (event.key === "Escape") this.moveCursor(null);
    else return;
    event.preventDefault();
  }

  destroy() {
    cancelAnimationFrame(this.frame || 0);
    clearTimeout(this.speaking);
    this.sizes.disconnect();
    this.theme.removeEventListener("change", this.redraw);
    this.themeObserver.disconnect();
  }
}

/** @param {PlotData} data @param {number} width @param {number} height @returns {Scale} */
function scaleOf({ x, y, kind }, width, height) {
  const areaWidth = width - LEFT - RIGHT;
  const areaHeight = height - TOP - BOTTOM;
  let [low, high] = extent(y);
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - Math.abs(low || 1) / 2, high + Math.abs(high || 1) / 2];
  const stepY = stepOf(high - low, areaHeight / 40, "number");
  const bottom = Math.floor(low / stepY) * stepY;
  const top = Math.ceil(high / stepY) * stepY;
  let from = x.length ? x[0] : 0;
  let to = x.length ? x[x.length - 1] : 1;
  if (from === to) [from, to] = [from - 0.5, to + 0.5];
  const perX = areaWidth / (to - from);
  const perY = areaHeight / (top - bottom);
  return {
    low: bottom,
    high: top,
    from,
    to,
    stepX: stepOf(to - from, areaWidth / (kind === "time" ? 90 : 80), kind),
    stepY,
    width: areaWidth,
    toX: (value) => LEFT + (value - from) * perX,
    toY: (value) => TOP + (top - value) * perY,
    toValue: (pixel) => from + (pixel - LEFT) / perX,
  };
}

/** @param {string} tag @param {string} name of its class @param {Record<string, string>} [attributes] */
function make(tag, name, attributes = {}) {
  const element = document.createElement(tag);
  element.className = name;
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}
