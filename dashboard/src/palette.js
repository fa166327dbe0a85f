// Colours and shapes of groups. A group has both, so that neither colour nor its absence hides anything.

import {
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  symbolCross,
} from "d3-shape";

// A triangle that stands on its tip.
const symbolTriangleDown = {
  draw(context, size) {
    const y = -Math.sqrt(size / (Math.sqrt(3) * 3));
    context.moveTo(0, -y * 2);
    context.lineTo(-Math.sqrt(3) * y, y);
    context.lineTo(Math.sqrt(3) * y, y);
    context.closePath();
  },
};

// At least 3 : 1 against the page in both schemes, and apart for the colour-blind.
const LIGHT = ["#0f62a8", "#c2410c", "#0a7d5c", "#8b3fa8", "#8a6d00", "#c02668", "#3d6b7d", "#6b4f3a"];
const DARK = ["#6cb2f5", "#ff9a57", "#4fd0a5", "#d29bf0", "#e5c64b", "#ff8fbb", "#92c7d9", "#cfae93"];
const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolTriangleDown,
  symbolCross,
  symbolStar,
  symbolWye,
];
export const SHAPE_NAMES = [
  "circle",
  "square",
  "triangle",
  "diamond",
  "upside-down triangle",
  "cross",
  "star",
  "three-armed star",
];

const dark = matchMedia("(prefers-color-scheme: dark)");
export const onSchemeChange = (handler) => dark.addEventListener("change", handler);

export const MOST_GROUPS = LIGHT.length;

// group: its place in the legend; beyond the last colour all are one grey circle, named as such.
export function styleOf(group) {
  const colours = dark.matches ? DARK : LIGHT;
  if (group < 0 || group >= colours.length)
    return { colour: dark.matches ? "#a3a9b3" : "#5f6773", shape: symbolCircle };
  return { colour: colours[group], shape: SHAPES[group] };
}

// A colour of the style sheet, for what is drawn on a canvas. Each is asked for once in a scheme: to ask brings the style of
// the whole page up to date.
const asked = new Map();
onSchemeChange(() => asked.clear());
export function cssColour(name) {
  if (!asked.has(name))
    asked.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return asked.get(name);
}
