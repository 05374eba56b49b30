import type { Exchange } from './answer.ts';
import { byId, element } from './element.ts';
import { type Graph, type GraphNode, nodesOn, type Predictor, type Way, wayOf } from './graph.ts';
import { drawGraph } from './graph-drawing.ts';

/** The drawing of the graph. */
interface GraphView {
  /** Shows the way that an answer took; an answer of another endpoint changes nothing. */
  show(exchange: Exchange): void;
}

/** Draws the trees of all predictors; undefined: there is no graph. */
export function openGraphView(graph: Graph | undefined): GraphView {
  if (graph === undefined) {
    return { show: () => {} };
  }
  const { predictors } = graph;
  const drawings = predictors.map((predictor) => {
    const label = `Units of ${predictor.name}`;
    const scroll = element('div', { class: 'drawing', tabindex: '0', role: 'region', 'aria-label': label });
    return { predictor, scroll };
  });
  byId('graphs').replaceChildren(
    ...drawings.map(({ predictor, scroll }) =>
      element('figure', {}, element('figcaption', {}, captionOf(predictor, predictors.length)), scroll),
    ),
  );
  byId('graph').hidden = false;
  draw(undefined);

  function draw(way: Way | undefined): void {
    const went: string[] = [];
    for (const { predictor, scroll } of drawings) {
      const taken = way && nodesFor(predictor, way, predictors);
      went.push(...[...(taken ?? [])].map(({ unit }) => unit));
      scroll.replaceChildren(
        drawGraph(`Units of ${predictor.name}`, predictor.graph, {
          taken,
          timesMs: way?.timesMs ?? new Map(),
          failed: way?.failed,
        }),
      );
    }
    byId('graph-note').textContent = noteOf(way, went);
  }

  return {
    show({ endpoint, answer }) {
      if (answer !== undefined && endpoint.isTimed) {
        draw(wayOf(answer));
      }
    },
  };
}

/** The nodes of a predictor that an answer went through: none of another predictor, or if a unit failed. */
function nodesFor(
  predictor: Predictor,
  way: Way,
  all: readonly Predictor[],
): ReadonlySet<GraphNode> | undefined {
  const isIt = all.length === 1 || way.predictor === predictor.name;
  if (way.failed !== undefined || !isIt) {
    return new Set();
  }
  return nodesOn(predictor.graph, way.routing);
}

function noteOf(way: Way | undefined, went: readonly string[]): string {
  if (way === undefined) {
    return 'A message goes from left to right, and the answers come back. Send one to see its way.';
  }
  if (way.failed !== undefined) {
    return `The last call ended at ${way.failed}.`;
  }
  return went.length === 0 ? 'The last answer does not say which way it took.' : wayInWords(went);
}

function wayInWords(went: readonly string[]): string {
  const shown = went.slice(0, MAX_NAMES);
  const more = went.length - shown.length;
  return `The last answer went through ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

const MAX_NAMES = 12;

function captionOf({ name, version, traffic, shadow }: Predictor, count: number): string {
  const share = shadow ? `shadow of ${traffic} %` : count > 1 ? `${traffic} % of the requests` : undefined;
  return [name, version !== name && `version ${version}`, share].filter(Boolean).join(' · ');
}
