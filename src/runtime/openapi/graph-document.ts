import type { Metadata } from '../model/metadata.ts';
import { assemble } from './assemble.ts';
import { describePorts } from './describe-ports.ts';
import { toExamples } from './examples.ts';
import { type DeployedGraph, endpointsOfGraph } from './graph-endpoints.ts';
import { ERRORS, GRAPH_WORDS } from './graph-words.ts';
import { placedPorts } from './model-schema.ts';
import { failure, HEADERS, message, response, responseComponents } from './responses.ts';
import { ref } from './schemas.ts';

/** The facts that the document of a graph is made from. */
export interface GraphSubject extends DeployedGraph {
  /** The name of its protocol in `protocols/`; undefined: Seldon's. */
  readonly protocol?: string | undefined;
  readonly version: string;
  /** The graph as the document shows it: `x-seldon-graph`. */
  readonly graph: unknown;
  /** The branches that an answer may have come from, by unit. */
  readonly routing: Readonly<Record<string, number>>;
  /** Whether answers have `meta.routing`. */
  readonly showsRouting: boolean;
  /** The answer of `/api/v1.0/metadata`; undefined when no unit could be asked. */
  readonly metadata: GraphMetadata | undefined;
  /** Why some of the metadata is missing. */
  readonly unavailable: string | undefined;
  readonly serverUrl: string;
}

/** What the units of a graph say about themselves. */
export interface GraphMetadata {
  readonly name: string;
  readonly models: Readonly<Record<string, { readonly inputs?: unknown; readonly outputs?: unknown }>>;
  readonly graphinputs: Metadata['inputs'];
  readonly graphoutputs: Metadata['outputs'];
}

const JSON_TYPE = 'application/json';

/** The OpenAPI 3.1 document of a graph, with the names and columns of what goes in and what comes out. */
export function toGraphDocument(subject: GraphSubject) {
  const { name, version, unavailable, graph, routing, showsRouting, units } = subject;
  const whole = wholeOf(subject);
  const examples = toExamples(whole, routing);
  const meta = showsRouting ? { routing } : {};
  const words = GRAPH_WORDS[subject.protocol ?? ''];
  const own = words?.components(whole, name);
  const document = assemble({
    info: {
      title: name,
      summary: `An inference graph behind ${words?.title ?? SELDONS}`,
      version,
      description: describe(subject, units.length, words?.title),
      ...(unavailable !== undefined && { 'x-unavailable': unavailable }),
    },
    serverUrl: subject.serverUrl,
    endpoints: endpointsOfGraph(subject, words),
    metadata: whole,
    examples,
    ...own,
    schemas: { GraphMetadata: GRAPH_METADATA, ...own?.schemas },
    responses: {
      ...responseComponents(examples.answer, undefined),
      GraphAnswer: withHeaders(message('What the graph answers.', { ...examples.answer, meta }), ANSWER),
      GraphFeedback: message('The answer of the first unit that got the feedback.', {
        data: { names: [], ndarray: [] },
        meta: {},
      }),
      GraphMetadata: response(
        'The metadata.',
        JSON_TYPE,
        ref('GraphMetadata'),
        subject.metadata && placed(subject.metadata),
      ),
      UnitMetadata: response('The metadata of the unit.', JSON_TYPE, { type: 'object' }),
      Ready: { description: 'It can; without a body.' },
      NotReady: { description: 'It cannot; without a body. The log says which unit is not ready.' },
      UnitUnreachable: failed(UNREACHABLE, 'GRAPH_NODE_UNREACHABLE'),
      UnitTimeout: failed(LATE, 'GRAPH_TIMEOUT'),
      ModelError: withHeaders(
        response('The status and the body of the unit that failed.', JSON_TYPE, {}),
        FAILED,
      ),
      ...(own && inWords(own.responses)),
    },
    headers: { ...HEADERS, ...OWN_HEADERS },
    // The page of /docs reads there what goes in and what comes out.
    kept: { $ref: '#/components/responses/GraphMetadata' },
  });
  return { ...document, 'x-seldon-graph': graph };
}

/** What a graph is behind, if its protocol is no other. */
const SELDONS = 'the REST protocol of Seldon Core v1';
const ANSWER = ['Seldon-Predictor', 'Server-Timing'];
const FAILED = ['Seldon-Failed-Node'];

/** The responses of another protocol, with the headers of a graph, and the failures of units in its form. */
function inWords(responses: Readonly<Record<string, object>>) {
  const withOwn = (name: string, headers: readonly string[]) => ({
    [name]: withHeaders(responses[name] as { readonly headers: object }, headers),
  });
  const failure = (name: string, description: string, reason: string) => ({
    [`${ERRORS}${name}`]: withHeaders(
      response(description, JSON_TYPE, ref('InferFailure'), { error: 'what is wrong', reason }),
      FAILED,
    ),
  });
  return {
    ...responses,
    ...withOwn('InferAnswer', ANSWER),
    ...withOwn('Prediction', ANSWER),
    ...withOwn(`${ERRORS}ModelError`, FAILED),
    ...failure('UnitUnreachable', UNREACHABLE, 'GRAPH_NODE_UNREACHABLE'),
    ...failure('UnitTimeout', LATE, 'GRAPH_TIMEOUT'),
  };
}

const UNREACHABLE = 'A unit cannot be reached.';
const LATE = 'A unit did not answer in time.';

const OWN_HEADERS = {
  'Seldon-Predictor': {
    description: 'The name of the predictor that answered, where there are several; as in a URL.',
    schema: { type: 'string' },
  },
  'Server-Timing': {
    description:
      'If asked for by `Seldon-Graph-Timing`: the milliseconds of each unit, `name;dur=1.234`, at most 50; ' +
      'names as in a URL.',
    schema: { type: 'string' },
  },
  'Seldon-Failed-Node': {
    description: 'The name of the unit that failed, as in a URL.',
    schema: { type: 'string' },
  },
};

const PORTS = { type: 'array', items: ref('Port') };

/** Of a unit elsewhere, nothing is known for sure. */
const GRAPH_METADATA = {
  type: 'object',
  description: 'What the units say about themselves, and the inputs and outputs of the whole graph.',
  properties: {
    name: { type: 'string', description: 'The name of the predictor.' },
    models: {
      type: 'object',
      description: 'By the names of the units; fields that are empty are left out.',
      additionalProperties: { type: 'object' },
    },
    graphinputs: PORTS,
    graphoutputs: PORTS,
  },
  required: ['name', 'models', 'graphinputs', 'graphoutputs'],
};

function withHeaders<R extends { readonly headers: object }>(of: R, names: readonly string[]): R {
  const own = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  return { ...of, headers: { ...of.headers, ...Object.fromEntries(own) } };
}

function failed(description: string, reason: string) {
  return withHeaders(failure(description, reason), FAILED);
}

/** The graph as if it were one model. */
function wholeOf({ name, version, metadata }: GraphSubject): Metadata | undefined {
  return (
    metadata && {
      name,
      versions: [version],
      platform: '',
      inputs: metadata.graphinputs,
      outputs: metadata.graphoutputs,
      custom: {},
    }
  );
}

/** The place of the metadata in the document. */
const EXAMPLE = '#/components/responses/GraphMetadata/content/application~1json/example';

/** Metadata whose schemas are parts of the document. */
function placed(metadata: GraphMetadata): GraphMetadata {
  const models = Object.entries(metadata.models).map(([unit, fields]) => {
    const at = `${EXAMPLE}/models/${encodeURIComponent(unit.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    const sides = (['inputs', 'outputs'] as const).flatMap((side) => {
      const ports = fields[side];
      return Array.isArray(ports) ? [[side, placedPorts(`${at}/${side}`, ports)]] : [];
    });
    return [unit, { ...fields, ...Object.fromEntries(sides) }];
  });
  return {
    ...metadata,
    models: Object.fromEntries(models),
    graphinputs: placedPorts(`${EXAMPLE}/graphinputs`, metadata.graphinputs),
    graphoutputs: placedPorts(`${EXAMPLE}/graphoutputs`, metadata.graphoutputs),
  };
}

/** CommonMark. */
function describe({ metadata, unavailable }: GraphSubject, units: number, title = SELDONS): string {
  return [
    `An inference graph of ${units} ${units === 1 ? 'unit' : 'units'} behind ${title}.`,
    'OPTIONS is answered on every path, and HEAD wherever GET is.',
    ...(unavailable === undefined ? [] : [`Some of what the units say is missing here. ${unavailable}`]),
    ...describePorts('Inputs', metadata?.graphinputs ?? []),
    ...describePorts('Outputs', metadata?.graphoutputs ?? []),
  ].join('\n\n');
}
