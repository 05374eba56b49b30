import type { Feedback, SeldonMessage } from '../runtime/model/message.ts';
import type { Metadata } from '../runtime/model/metadata.ts';
import type { Graph } from './graph.ts';

/** The content of the page, read from the OpenAPI document. */
export interface Description {
  readonly title: string;
  readonly version: string;
  /** What it is, and behind which protocol; undefined: a model behind Seldon's. */
  readonly summary: string | undefined;
  /** The inference graph that is described; undefined for a model. */
  readonly graph?: Graph | undefined;
  /** The model's own description; of a graph: what goes in and comes out. */
  readonly metadata?: Metadata | undefined;
  /** Why there is no metadata. */
  readonly unavailable?: string | undefined;
  readonly endpoints: readonly Endpoint[];
  /** In their order. */
  readonly groups: readonly { readonly name: string; readonly description: string }[];
  /** Requests by the endpoint's `request`, then by kind; the kind that the model asks for comes first. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The unit in whose name a feedback gives the branch. */
  readonly unitId: string;
  /** Undefined where no function takes a feedback. */
  readonly feedbackPath: string | undefined;
}

/** One path. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly group: string;
  readonly summary: string;
  readonly description: string;
  /**
   * `SeldonMessage`, `SeldonMessageList`, `Feedback`, `InferRequest`, ...; undefined where the endpoint takes
   * no body.
   */
  readonly request?: string | undefined;
  readonly answers: readonly EndpointAnswer[];
  /** Whether it can say the way of its answer through a graph, and the milliseconds of each unit. */
  readonly isTimed: boolean;
}

/** The answer of an endpoint with a certain status. */
interface EndpointAnswer {
  readonly status: string;
  readonly description: string;
  readonly example?: unknown;
}

/** The members that are used of the document from src/runtime/openapi/document.ts. */
interface Document {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary?: string;
    readonly 'x-unavailable'?: string;
  };
  readonly tags: Description['groups'];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly 'x-seldon-graph'?: Graph;
  readonly components: {
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

interface PathItem extends Readonly<Partial<Record<'get' | 'post', Operation>>> {
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name?: string;
  readonly example?: string;
}

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  /** Those that stand for others of the path. */
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly $ref: string };
  readonly responses: Readonly<Record<string, { readonly $ref: string }>>;
}

interface Response {
  readonly description: string;
  /** Undefined for an answer without a body. */
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>;
}

/**
 * Reads the OpenAPI document of the host.
 *
 * @throws Error when the JSON is something else.
 */
export function readDescription(json: unknown): Description {
  const document = json as Partial<Document> | null | undefined;
  if (!document?.info || !document.paths || !document.components) {
    throw new Error('/seldon.json is not an OpenAPI document');
  }
  const { info, paths, components, tags, 'x-seldon-graph': graph } = document as Document;
  const examples = readExamples(components.examples);
  // The paths of Seldon's ingress have variables, and are further paths of endpoints that are shown anyway.
  const endpoints = Object.keys(paths)
    .map((path) => readEndpoint(document as Document, path))
    .filter(({ path }) => !path.includes('{'));
  return {
    title: info.title,
    version: info.version,
    summary: info.summary,
    graph,
    metadata: graph
      ? endsOf(exampleOf(components.responses.GraphMetadata), info)
      : (exampleOf(components.responses.Metadata) as Metadata | undefined),
    unavailable: info['x-unavailable'],
    // A group may have paths with variables only.
    groups: tags.filter(({ name }) => endpoints.some(({ group }) => group === name)),
    endpoints,
    examples,
    unitId: unitOf(examples.Feedback),
    feedbackPath: ['/api/v1.0/feedback', '/send-feedback'].find((path) => path in paths),
  };
}

function readEndpoint({ paths, components }: Document, path: string): Endpoint {
  const { get, post, parameters = [] } = paths[path] ?? {};
  const {
    tags,
    summary,
    description,
    requestBody,
    responses,
    parameters: own = [],
  } = (post ?? get) as Operation;
  return {
    path: path.replace(/\{(\w+)\}/g, (place, variable) => {
      const { example } = [...own, ...parameters].find(({ name }) => name === variable) ?? {};
      // The colon of a verb stays as clients write it.
      return example === undefined ? place : encodeURIComponent(example).replaceAll('%3A', ':');
    }),
    methods: [...(get ? ['GET' as const] : []), ...(post ? ['POST' as const] : [])],
    group: tags[0] ?? '',
    summary,
    description,
    request: requestBody && nameOf(requestBody),
    isTimed: parameters.some(({ name }) => name === 'Seldon-Graph-Timing'),
    answers: Object.entries(responses).map(([status, ref]) => {
      const response = components.responses[nameOf(ref)] as Response;
      return { status, description: response.description, example: exampleOf(response) };
    }),
  };
}

/** The inputs and outputs of a graph, as if it were one model. */
function endsOf(example: unknown, { version }: Document['info']): Metadata | undefined {
  const { graphinputs = [], graphoutputs = [] } = (example ?? {}) as GraphMetadata;
  const ends = { inputs: graphinputs, outputs: graphoutputs };
  return example === undefined
    ? undefined
    : { ...ends, name: '', versions: [version], platform: '', custom: {} };
}

interface GraphMetadata {
  readonly graphinputs?: Metadata['inputs'];
  readonly graphoutputs?: Metadata['outputs'];
}

function nameOf({ $ref }: { readonly $ref: string }): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

function exampleOf(response: Response | undefined): unknown {
  return Object.values(response?.content ?? {})[0]?.example;
}

/** Their names are `SeldonMessage.ndarray`. */
function readExamples(examples: Document['components']['examples']): Description['examples'] {
  const byRequest: Record<string, Record<string, unknown>> = {};
  for (const [name, { value }] of Object.entries(examples)) {
    const [request = '', kind = ''] = name.split('.');
    byRequest[request] = { ...byRequest[request], [kind]: value };
  }
  return byRequest;
}

function unitOf(feedbacks: Readonly<Record<string, unknown>> | undefined): string {
  const [feedback] = Object.values(feedbacks ?? {}) as Feedback[];
  return Object.keys((feedback?.response as SeldonMessage | undefined)?.meta?.routing ?? {})[0] ?? '0';
}
