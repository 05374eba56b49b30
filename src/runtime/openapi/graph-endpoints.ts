import { type HttpMethod, ROUTES, type Routes, withMetricsPath } from '../routes.ts';
import { DESCRIPTIONS, type DescribedEndpoint, type Description, type Parameter } from './endpoints.ts';
import { ERRORS, type GraphWords } from './graph-words.ts';

/** The endpoints of a graph's own function. */
export type GraphEndpoint =
  | 'predictions'
  | 'feedback'
  | 'metadata'
  | 'unit-metadata'
  | 'unit-status'
  | 'ready'
  | 'live'
  | 'openapi'
  | 'docs';

/** The endpoints that the deployment of a graph has. */
export interface DeployedGraph {
  readonly routes: Readonly<Record<GraphEndpoint, Readonly<Record<string, readonly HttpMethod[]>>>>;
  /** PREDICTIVE_UNIT_METRICS_ENDPOINT. */
  readonly metricsPath: string;
  /** The names of the units of all predictors. */
  readonly units: readonly string[];
  /** `metadata.name` of the deployment. */
  readonly name: string;
}

/** Statuses of calls of units. */
const OF_UNITS = ['ModelError', 'UnitUnreachable', 'UnitTimeout'];

const TIMING: Parameter = {
  in: 'header',
  description: '`true`: the answer has a header `Server-Timing` with the milliseconds of each unit.',
  schema: { type: 'string', enum: ['true'] },
};

/** Every endpoint, so that the compiler asks for a description of a new one. */
const OF_GRAPH: Readonly<Record<GraphEndpoint, Description>> = {
  predictions: {
    tag: 'graph',
    summary: 'Predict',
    description: 'Sends a message through the graph; `meta.routing` of the answer says which way it took.',
    request: 'SeldonMessage',
    answer: 'GraphAnswer',
    failures: ['BadRequest', 'PayloadTooLarge', ...OF_UNITS],
  },
  feedback: {
    tag: 'feedback',
    summary: 'Reward an earlier answer',
    description:
      'Goes to the units that the answer came from, as `meta.routing` of the response says: children first.',
    request: 'Feedback',
    answer: 'GraphFeedback',
    failures: ['BadRequest', ...OF_UNITS],
  },
  metadata: {
    tag: 'description',
    summary: 'What the units say about themselves',
    description: 'The metadata of the units by name, and the inputs and outputs of the whole graph.',
    answer: 'GraphMetadata',
    failures: OF_UNITS,
  },
  'unit-metadata': {
    tag: 'units',
    summary: 'What a unit says about itself',
    description: 'The answer of the unit; empty for code of this package.',
    answer: 'UnitMetadata',
    failures: OF_UNITS,
  },
  'unit-status': {
    tag: 'units',
    summary: 'Whether a unit can serve',
    description: 'The answer of the unit to `/health/status`.',
    answer: 'Health',
    failures: ['Unavailable', ...OF_UNITS],
  },
  ready: {
    tag: 'health',
    summary: 'Whether all units can serve',
    description: 'Loads the models of this process, and connects to the units elsewhere.',
    answer: 'Ready',
    failures: ['NotReady'],
  },
  live: {
    tag: 'health',
    summary: 'Whether the function of the graph runs',
    description: 'Loads nothing.',
    answer: 'Ready',
    failures: [],
  },
  openapi: {
    ...DESCRIPTIONS.openapi,
    description: 'Is answered even when no unit can be reached, then without what the units say.',
  },
  docs: {
    ...DESCRIPTIONS.docs,
    summary: 'A page to try the graph on',
    description: 'Draws the graph, and sends requests. Loads no model.',
  },
};

/**
 * The endpoints of the deployment of a graph, with their paths; the one that a reader tries comes first.
 *
 * @param words - of the graph's protocol; undefined: it is Seldon's.
 */
export function endpointsOfGraph(graph: DeployedGraph, words?: GraphWords): DescribedEndpoint[] {
  // The keys of the table are the endpoints' names.
  const own = (Object.keys(OF_GRAPH) as GraphEndpoint[]).flatMap((name) => {
    const timing = name === 'predictions' && { 'Seldon-Graph-Timing': TIMING };
    const parameters = { ...namesOf(name, graph), ...timing };
    const { rest, described } = divide(name, graph.routes[name], words);
    return [
      ...described.map((each) => ({ ...each, parameters })),
      ...(Object.keys(rest).length === 0 ? [] : [{ ...OF_GRAPH[name], routes: rest, parameters }]),
    ];
  });
  const { ping, metrics } = DESCRIPTIONS;
  return [
    ...own,
    { ...ping, routes: ROUTES.ping },
    { ...metrics, routes: withMetricsPath(ROUTES.metrics, graph.metricsPath) },
  ];
}

/** The path variables of an endpoint. */
function namesOf(endpoint: GraphEndpoint, { units, name }: DeployedGraph): DescribedEndpoint['parameters'] {
  return {
    node: {
      in: 'path',
      description: 'The name of a unit of the graph.',
      schema: { type: 'string', enum: units },
    },
    model: {
      in: 'path',
      ...(endpoint === 'unit-metadata' || endpoint === 'unit-status'
        ? {
            description: 'The deployment, or a unit of the graph.',
            schema: { type: 'string', enum: [...new Set([name, ...units])] },
          }
        : { description: 'Any name.', schema: { type: 'string' } }),
      example: name,
    },
  };
}

/** The paths that a protocol describes in its own words, each by itself, and the others. */
function divide(
  name: GraphEndpoint,
  routes: Routes,
  words: GraphWords | undefined,
): { readonly rest: Routes; readonly described: readonly DescribedEndpoint[] } {
  const rest: Record<string, readonly HttpMethod[]> = {};
  const described: DescribedEndpoint[] = [];
  for (const [path, methods] of Object.entries(routes)) {
    for (const method of methods) {
      const own = words?.describe(name, path, method);
      if (own === undefined) {
        rest[path] = [...(rest[path] ?? []), method];
      } else {
        const isFeedback = name === 'feedback';
        described.push({ ...own, routes: { [path]: [method] }, ...(!isFeedback && { errors: ERRORS }) });
      }
    }
  }
  return { rest, described };
}
