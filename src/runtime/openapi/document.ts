import { stringify } from '../json/write-json.ts';
import type { Metadata } from '../model/metadata.ts';
import type { PayloadField } from '../model/model.ts';
import { type Deployed, endpointsOf, TAGS } from './endpoints.ts';
import { toExamples } from './examples.ts';
import { inputSchema, placedAt, placedMetadata } from './model-schema.ts';
import { toPaths } from './operations.ts';
import { requestComponents } from './requests.ts';
import { HEADERS, responseComponents } from './responses.ts';
import { componentSchemas, ref } from './schemas.ts';
import { usedOf } from './used.ts';

/** The facts that the document is made from. */
export interface Subject extends Deployed {
  /** The model's metadata, or the reason why it is missing. */
  readonly metadata: Metadata | { readonly unavailable: string };
  /** MODEL_NAME and PREDICTIVE_UNIT_ID, where they are set. */
  readonly modelName?: string | undefined;
  readonly unitId?: string | undefined;
  /** The fields of a message that the model takes; undefined: all. */
  readonly accepts?: readonly PayloadField[] | undefined;
  /** Whether PAYLOAD_PASSTHROUGH is on. */
  readonly passesThrough: boolean;
  readonly serverUrl: string;
}

/** The OpenAPI 3.1 document of a deployment's endpoints, with the model's own names, versions and columns. */
export function toDocument(subject: Subject) {
  const metadata = 'unavailable' in subject.metadata ? undefined : subject.metadata;
  const { accepts } = subject;
  const examples = toExamples(metadata, subject.unitId ?? '0', accepts);
  const schema = inputSchema(metadata);
  const requests = requestComponents(examples, schema !== undefined);
  const endpoints = endpointsOf(subject);
  const isUsed = (tag: string) => endpoints.some((endpoint) => endpoint.tag === tag);
  const paths = toPaths(endpoints);
  const components = {
    schemas: { ...componentSchemas(), ...(schema && inputSchemas(schema)) },
    ...requests,
    responses: responseComponents(examples.answer, metadata && placedMetadata(METADATA_EXAMPLE, metadata)),
    headers: HEADERS,
  };
  return {
    openapi: '3.1.0',
    info: {
      title: metadata?.name || subject.modelName || 'A Seldon model',
      version: metadata?.versions[0] || 'unknown',
      description: describe(subject),
      ...('unavailable' in subject.metadata && { 'x-unavailable': subject.metadata.unavailable }),
      ...(metadata && Object.keys(metadata.custom).length > 0 && { 'x-custom': metadata.custom }),
    },
    servers: [{ url: subject.serverUrl }],
    tags: Object.entries(TAGS)
      .filter(([name]) => isUsed(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    // The page of /docs reads the model's metadata there, also where no function answers /metadata.
    components: usedOf(components, [paths, { $ref: '#/components/responses/Metadata' }]),
  };
}

/** The place of the metadata in the document. */
const METADATA_EXAMPLE = '#/components/responses/Metadata/content/application~1json/example';

/** The schemas of a request whose `jsonData` has a schema of the model's own. */
function inputSchemas(schema: Readonly<Record<string, unknown>>) {
  return {
    ModelInput: placedAt('#/components/schemas/ModelInput', schema),
    ModelRequest: {
      description: 'A message whose `jsonData` is as the model says.',
      allOf: [ref('SeldonMessage'), { properties: { jsonData: ref('ModelInput') } }],
    },
  };
}

const INTRODUCTION = [
  'A model behind the REST protocol of Seldon Core v1.',
  'OPTIONS is answered on every path, and HEAD wherever GET is.',
  'A model with raw methods or an error handler of its own may answer other bodies than those described here.',
];

/** CommonMark. */
function describe({ metadata, passesThrough, accepts }: Subject): string {
  const model =
    'unavailable' in metadata
      ? [`What the model says about itself is missing here. ${metadata.unavailable}`]
      : describeModel(metadata);
  const passing = 'PAYLOAD_PASSTHROUGH is on: `/predict` hands the body to the model as bytes, unread.';
  const taken = accepts?.map((field) => `\`${field}\``).join(', ');
  const taking = taken === undefined ? [] : [`The model takes ${taken} only.`];
  return [...INTRODUCTION, ...taking, ...model, ...(passesThrough ? [passing] : [])].join('\n\n');
}

function describeModel({ platform, inputs, outputs }: Metadata): string[] {
  return [
    ...(platform === '' ? [] : [`Platform: ${platform}`]),
    ...describePorts('Inputs', inputs),
    ...describePorts('Outputs', outputs),
  ];
}

function describePorts(title: string, ports: Metadata['inputs']): string[] {
  return ports.length === 0
    ? []
    : [`${title}:\n${ports.map((port) => `\n- ${describePort(port)}`).join('')}`];
}

function describePort(port: Metadata['inputs'][number]): string {
  const { messagetype, name, datatype, schema, shape } = port as PortFacts;
  const facts = Object.entries({ shape, ...schema }).filter(([, value]) => value !== undefined);
  const words = [messagetype ?? name, datatype, ...facts.map(([key, value]) => `${key} ${show(value)}`)];
  return words.filter((word) => word !== undefined).join(', ') || 'anything';
}

/** Every key that some kind of port has. */
interface PortFacts {
  readonly messagetype?: string;
  readonly name?: string;
  readonly datatype?: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly shape?: readonly number[];
}

function show(value: unknown): string {
  return `\`${stringify(value)}\``;
}
