// Where the names of points go, so that they cover neither each other nor a point: pure.

const WIDTH = 6.2; // of a letter, about
const HEIGHT = 14;
const MOST = 14;

// labels: [{x, y, text}] in order of importance; taken: [[x, y]] of all points; area: {left, right, top, bottom}. Answers those
// that found a place: [{x, y, anchor, text}]. A name that finds none is left out; the table has it.
export function placeLabels(labels, taken, area) {
  const boxes = [];
  const placed = [];
  for (const label of labels.slice(0, MOST)) {
    const width = label.text.length * WIDTH;
    const candidates = [
      { x: label.x + 13, y: label.y - 7, anchor: "start" },
      { x: label.x - 13, y: label.y - 7, anchor: "end" },
      { x: label.x + 13, y: label.y + 16, anchor: "start" },
      { x: label.x - 13, y: label.y + 16, anchor: "end" },
      { x: label.x, y: label.y - 15, anchor: "middle" },
      { x: label.x, y: label.y + 24, anchor: "middle" },
    ];
    const rated = candidates
      .map((candidate) => ({ candidate, box: boxOf(candidate, width) }))
      .filter(
        ({ box }) =>
          box.left >= area.left &&
          box.right <= area.right + 8 &&
          box.top >= area.top - 14 &&
          box.bottom <= area.bottom,
      )
      .filter(({ box }) => !boxes.some((other) => overlap(box, other)))
      .map((one) => ({ ...one, covered: taken.filter(([x, y]) => covers(one.box, x, y)).length }))
      .sort((a, b) => a.covered - b.covered);
    if (rated.length === 0 || rated[0].covered > 2) continue;
    boxes.push(rated[0].box);
    placed.push({ ...rated[0].candidate, text: label.text });
  }
  return placed;
}

function boxOf({ x, y, anchor }, width) {
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - HEIGHT + 3, bottom: y + 3 };
}

const overlap = (a, b) => a.left < b.right + 4 && b.left < a.right + 4 && a.top < b.bottom && b.top < a.bottom;
const covers = (box, x, y) => x > box.left - 5 && x < box.right + 5 && y > box.top - 5 && y < box.bottom + 5;
