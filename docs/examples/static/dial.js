import { Widget } from "/_everview/widget.js";

/** A knob to turn: it shows `data.value` and fires "turn". */
export default class Dial extends Widget {
  constructor(node, data) {
    super(node, data);
    this.knob = document.createElement("button");
    this.knob.type = "button";
    this.knob.addEventListener("click", () => this.fire("turn", { by: 1 }));
    node.append(this.knob);
    this.update(data);
  }

  update(data) {
    this.knob.textContent = `turn: ${data.value}`;
  }
}
