// Shapes of points, on a canvas and in a legend.

import { symbol } from "d3-shape";
import { svg } from "./dom.js";
import { cssColour, MOST_GROUPS, SHAPE_NAMES, styleOf } from "./palette.js";

// The outlines of shapes in the sizes that were drawn.
const outlines = new Map();
function outlineOf(shape, size) {
  if (!outlines.has(shape)) outlines.set(shape, new Map());
  const sizes = outlines.get(shape);
  if (!sizes.has(size)) sizes.set(size, new Path2D(symbol(shape, size)()));
  return sizes.get(size);
}

// How a standing is drawn: frontier points filled with a dark rim, possible ones hollow, the others faint.
export function drawPoint(context, x, y, group, standing, { size = 64, faintness = 0.55 } = {}) {
  const { colour, shape } = styleOf(group);
  context.save();
  context.translate(x, y);
  if (standing === "infeasible") {
    context.beginPath();
    context.moveTo(-3.5, -3.5);
    context.lineTo(3.5, 3.5);
    context.moveTo(-3.5, 3.5);
    context.lineTo(3.5, -3.5);
    context.strokeStyle = cssColour("--faint");
    context.lineWidth = 1.5;
    context.stroke();
    context.restore();
    return;
  }
  const faint = standing === "dominated";
  const outline = outlineOf(shape, faint ? size * 0.7 : size * 1.25);
  if (standing === "possible") {
    context.fillStyle = cssColour("--paper");
    context.fill(outline);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke(outline);
  } else {
    context.fillStyle = colour;
    context.globalAlpha = faint ? faintness : 1;
    context.fill(outline);
    if (!faint) {
      context.strokeStyle = cssColour("--ink");
      context.lineWidth = 1.2;
      context.stroke(outline);
    }
  }
  context.restore();
}

export function icon(group) {
  const { colour, shape } = styleOf(group);
  return svg(
    "svg",
    { class: "icon", width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" },
    svg("path", { d: symbol(shape, 70)(), fill: colour }),
  );
}

// How a standing looks, whatever the group.
export function standingIcon(standing) {
  const look = {
    certain: { fill: "var(--line)", stroke: "var(--ink)", "stroke-width": 1.5, r: 5 },
    possible: { fill: "none", stroke: "var(--line)", "stroke-width": 2, r: 5 },
    dominated: { fill: "var(--line)", opacity: 0.5, r: 3.8 },
  }[standing];
  const shape = look
    ? svg("circle", look)
    : svg("path", { d: "M-4,-4L4,4M-4,4L4,-4", stroke: "var(--faint)", "stroke-width": 1.5 });
  return svg("svg", { class: "icon", width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape);
}

// The groups of a field: which runs share colour and shape. Beyond the palette all are "other".
export class Groups {
  constructor(field) {
    this.field = field;
    const values = field ? field.values : [];
    this.values = values.length > MOST_GROUPS ? values.slice(0, MOST_GROUPS) : values;
    this.place = new Map(this.values.map((value, i) => [value, i]));
    this.hasOther = values.length > MOST_GROUPS;
  }

  of(row) {
    return this.place.get(this.field?.get(row) ?? null) ?? -1;
  }
  nameOf(group) {
    return group < 0 ? (this.hasOther ? "other" : "none") : String(this.values[group]);
  }
  shapeOf(group) {
    return group < 0 ? "circle" : SHAPE_NAMES[group];
  }

  // Those that are among the rows, in their order; -1 last.
  among(rows) {
    const seen = new Set(rows.map((row) => this.of(row)));
    return [...this.values.keys(), -1].filter((group) => seen.has(group));
  }
}
