// What is drawn on the canvas of the frontier chart.

import { drawPoint } from "./marks.js";
import { cssColour } from "./palette.js";

// With more points than this, dominated ones have no whiskers and are fainter.
export const MOST_WHISKERS = 400;

// From the best in x to the best in y, and on to the edges; what lies behind it is dominated.
export function drawStaircase(context, chart) {
  const { stage, scales } = chart;
  const { x, y } = chart.axes;
  const { frontier } = chart;
  if (frontier.length === 0) return;
  const worst = {
    x: x.better === "lower" ? stage.right + 8 : stage.left,
    y: y.better === "lower" ? stage.top - 8 : stage.bottom + 8,
  };
  const at = frontier.map((point) => [scales.x(point.x.value), scales.y(point.y.value)]);
  context.beginPath();
  context.moveTo(at[0][0], worst.y);
  at.forEach(([px, py], i) => {
    if (i > 0) context.lineTo(px, at[i - 1][1]);
    context.lineTo(px, py);
  });
  context.lineTo(worst.x, at.at(-1)[1]);
  context.strokeStyle = cssColour("--line");
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(worst.x, worst.y);
  context.fillStyle = cssColour("--shade");
  context.fill();
}

export function drawLimits(context, chart) {
  const { stage, scales, limits } = chart;
  context.save();
  context.setLineDash([5, 4]);
  context.strokeStyle = cssColour("--faint");
  context.beginPath();
  if (limits.x.value !== null && chart.result.directed) {
    context.moveTo(scales.x(limits.x.value), stage.top);
    context.lineTo(scales.x(limits.x.value), stage.bottom);
  }
  if (limits.y.value !== null && chart.result.directed) {
    context.moveTo(stage.left, scales.y(limits.y.value));
    context.lineTo(stage.right, scales.y(limits.y.value));
  }
  context.stroke();
  context.restore();
}

export function drawMarks(context, chart) {
  const { scales, state, dataset } = chart;
  const rank = { infeasible: 0, dominated: 1, plain: 1, possible: 2, certain: 3 };
  const order = [...chart.drawn].sort((a, b) => rank[a.standing] - rank[b.standing]);
  const all = order.length <= MOST_WHISKERS;
  for (const point of order)
    if (all || point.standing === "certain" || point.standing === "possible") drawWhiskers(context, chart, point);
  for (const point of order) {
    const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
    drawPoint(
      context,
      px,
      py,
      chart.groups.of(point.row),
      point.standing === "plain" ? "dominated" : point.standing,
      { faintness: all ? 0.55 : 0.3 },
    );
    const id = dataset.id(point.row);
    if (![state.selected, state.a, state.b].includes(id)) continue;
    context.beginPath();
    context.arc(px, py, 11, 0, 2 * Math.PI);
    context.strokeStyle = cssColour("--accent");
    context.lineWidth = 2.5;
    context.stroke();
    const names = [id === state.a ? "A" : "", id === state.b ? "B" : ""].join("");
    context.font = "bold 13px system-ui, sans-serif";
    context.fillStyle = cssColour("--accent");
    context.fillText(names, px + 11, py + 19);
  }
}

function drawWhiskers(context, chart, point) {
  const { scales } = chart;
  const [px, py] = [scales.x(point.x.value), scales.y(point.y.value)];
  const end = (scale, value, edge) => {
    const at = scale(value);
    return Number.isFinite(at) ? at : edge;
  };
  context.beginPath();
  context.moveTo(end(scales.x, point.x.lower, chart.stage.left), py);
  context.lineTo(end(scales.x, point.x.upper, chart.stage.right), py);
  context.moveTo(px, end(scales.y, point.y.lower, chart.stage.bottom));
  context.lineTo(px, end(scales.y, point.y.upper, chart.stage.top));
  context.strokeStyle = cssColour("--line");
  context.globalAlpha = point.standing === "dominated" ? 0.35 : 0.9;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}
