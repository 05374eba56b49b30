/** An inference graph: `x-seldon-graph` of the OpenAPI document. */
export interface Graph {
  readonly deployment: string;
  readonly predictors: readonly Predictor[];
}

/** One version of a deployment. */
export interface Predictor {
  readonly name: string;
  readonly version: string;
  /** In percent; of a shadow: of how many requests it gets a copy. */
  readonly traffic: number;
  readonly shadow: boolean;
  readonly graph: GraphNode;
}

/** A place in the tree. */
export interface GraphNode {
  /** The name of its unit, which may stand at several places. */
  readonly unit: string;
  readonly type: string;
  /** `local`, `lambda`, `http` or `implementation`. */
  readonly where: string;
  readonly implementation?: string;
  /** Whether it chooses among its children. */
  readonly routes: boolean;
  readonly children: readonly GraphNode[];
}

/** An answer of a graph, as far as it says which way it took. */
export interface Traced {
  readonly headers: Headers;
  readonly json: unknown;
}

/** The way of an answer through the graph. */
export interface Way {
  /** The predictor that answered; undefined: not known. */
  readonly predictor: string | undefined;
  /** The child that each unit has called: -1 all, -2 none. */
  readonly routing: ReadonlyMap<string, number>;
  /** Milliseconds by unit. */
  readonly timesMs: ReadonlyMap<string, number>;
  /** The unit that failed; undefined: none. */
  readonly failed: string | undefined;
}

/** Reads the way of an answer. */
export function wayOf({ headers, json }: Traced): Way {
  const { meta } = (json ?? {}) as { meta?: { routing?: unknown } | null };
  const routing = Object.entries(Object(meta?.routing)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    predictor: decoded(headers.get('seldon-predictor')),
    routing: new Map(routing),
    timesMs: readTiming(headers.get('server-timing') ?? ''),
    failed: decoded(headers.get('seldon-failed-node')),
  };
}

/** `iris;dur=1.25, scale;dur=0.5`. A proxy may have added others, which no unit has the name of. */
function readTiming(header: string): ReadonlyMap<string, number> {
  const times = header.split(/, */).flatMap((metric) => {
    const [, name = '', ms] = /^([^;]+);dur=([\d.]+)$/.exec(metric.trim()) ?? [];
    return ms === undefined ? [] : [[decoded(name) ?? '', Number(ms)] as const];
  });
  return new Map(times);
}

function decoded(text: string | null): string | undefined {
  if (text === null) {
    return undefined;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The nodes of a tree that an answer went through, as its routing says. Behind a router of which the routing
 * says nothing, none is known.
 */
export function nodesOn(root: GraphNode, routing: Way['routing']): ReadonlySet<GraphNode> {
  const taken = new Set<GraphNode>();
  const visit = (node: GraphNode) => {
    taken.add(node);
    const route = node.routes ? (routing.get(node.unit) ?? NONE) : ALL;
    const children = route === ALL ? node.children : node.children.slice(route, route + 1);
    for (const child of route === NONE ? [] : children) {
      visit(child);
    }
  };
  visit(root);
  return taken;
}

const ALL = -1;
const NONE = -2;
