import { svgElement } from './element.ts';
import type { GraphNode, Way } from './graph.ts';

/** Pixels. */
const WIDTH = 224;
const HEIGHT = 66;
const COLUMN = WIDTH + 56;
const ROW = HEIGHT + 18;
const MARGIN = 4;

/** A node with the place of its box. */
interface Placed {
  readonly node: GraphNode;
  readonly parent: Placed | undefined;
  readonly x: number;
  readonly y: number;
}

/** The facts of an answer that are drawn. */
export interface Drawn extends Pick<Way, 'timesMs' | 'failed'> {
  /** The nodes that it went through; undefined: there is no answer yet. */
  readonly taken: ReadonlySet<GraphNode> | undefined;
}

/** Draws a tree from left to right; a box for each node has a form by its type. */
export function drawGraph(label: string, root: GraphNode, drawn: Drawn): SVGElement {
  const placed = layOut(root);
  const width = Math.max(...placed.map(({ x }) => x)) + WIDTH + 2 * MARGIN;
  const height = Math.max(...placed.map(({ y }) => y)) + HEIGHT + 2 * MARGIN;
  return svgElement(
    'svg',
    {
      ...{ role: 'list', 'aria-label': label, width, height },
      viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`,
    },
    svgElement('g', { 'aria-hidden': 'true' }, ...placed.map((each) => edge(each, drawn))),
    ...placed.map((each) => box(each, drawn)),
  );
}

/**
 * Each leaf has a row, and each level a column. A parent stands beside its first child, so that the root of a
 * large tree is where its drawing begins.
 */
function layOut(root: GraphNode): readonly Placed[] {
  const all: Placed[] = [];
  let rows = 0;
  const place = (node: GraphNode, parent: Placed | undefined, level: number) => {
    const own: Placed = { node, parent, x: level * COLUMN, y: rows * ROW };
    all.push(own);
    for (const child of node.children) {
      place(child, own, level + 1);
    }
    rows += node.children.length === 0 ? 1 : 0;
  };
  place(root, undefined, 0);
  return all;
}

function edge({ node, parent, x, y }: Placed, { taken }: Drawn): SVGElement {
  if (parent === undefined) {
    return svgElement('g');
  }
  const [from, to] = [parent.y + HEIGHT / 2, y + HEIGHT / 2];
  const start = parent.x + WIDTH;
  const middle = (start + x) / 2;
  const d = `M${start} ${from}C${middle} ${from} ${middle} ${to} ${x} ${to}`;
  return svgElement('path', { class: taken?.has(node) ? 'edge taken' : 'edge', d });
}

function box({ node, parent, x, y }: Placed, { taken, timesMs, failed }: Drawn): SVGElement {
  const { unit, type, where, implementation } = node;
  const isTaken = taken?.has(node) === true;
  const isFailed = failed === unit;
  const ms = isTaken || isFailed ? timesMs.get(unit) : undefined;
  const kind = [implementation ?? type, where === 'implementation' ? 'built in' : where].join(' · ');
  const outcome = isFailed ? 'failed' : ms === undefined ? '' : `${ms} ms`;
  const said = [
    `${unit}, ${kind}`,
    parent && `child ${parent.node.children.indexOf(node)} of ${parent.node.unit}`,
    taken &&
      !isFailed &&
      (isTaken ? 'the last answer went through it' : 'the last answer did not go through it'),
    outcome,
  ];
  const line = (row: number, of: string, text: string) =>
    svgElement('text', { class: of, x: 18, y: row }, text);
  return svgElement(
    'g',
    {
      role: 'listitem',
      class: ['node', isTaken && 'taken', isFailed && 'failed'].filter(Boolean).join(' '),
      transform: `translate(${x} ${y})`,
    },
    svgElement('title', {}, said.filter(Boolean).join('; ')),
    svgElement('path', { d: OUTLINES[type] ?? OUTLINE }),
    // Cuts off what is wider than its box.
    svgElement(
      'svg',
      { width: WIDTH - 12, height: HEIGHT },
      line(22, 'unit', shortened(unit, 22)),
      line(40, 'kind', shortened(kind, 28)),
      line(57, 'time', outcome),
    ),
  );
}

/** The forms of the boxes; edges end in the middle of their left and right sides. */
const OUTLINE = `M0 0H${WIDTH}V${HEIGHT}H0Z`;
const OUTLINES: Readonly<Record<string, string>> = {
  MODEL: `M14 0H${WIDTH - 14}q14 0 14 14V${HEIGHT - 14}q0 14 -14 14H14q-14 0 -14 -14V14q0 -14 14 -14Z`,
  // One way in, and several out.
  ROUTER: `M0 0H${WIDTH - 14}L${WIDTH} ${HEIGHT / 2}L${WIDTH - 14} ${HEIGHT}H0Z`,
  // The answers come together.
  COMBINER: `M14 0H${WIDTH}V${HEIGHT}H14L0 ${HEIGHT / 2}Z`,
  // What comes in gets another form, or what goes out.
  TRANSFORMER: `M14 0H${WIDTH}V${HEIGHT}H14L0 ${HEIGHT - 14}V14Z`,
  OUTPUT_TRANSFORMER: `M0 0H${WIDTH - 14}l14 14V${HEIGHT - 14}l-14 14H0Z`,
};

/** A text of so many letters at most; the title has the whole. Letters of East Asia take the room of two. */
function shortened(text: string, room: number): string {
  let left = room;
  let fitting = '';
  for (const letter of text) {
    left -= letter > '\u2e7f' ? 2 : 1;
    if (left < 0) {
      return `${fitting}…`;
    }
    fitting += letter;
  }
  return text;
}
