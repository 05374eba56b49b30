import type { Metadata } from '../model/metadata.ts';
import type { PayloadField } from '../model/model.ts';
import { assemble } from './assemble.ts';
import { describePorts } from './describe-ports.ts';
import { type Deployed, endpointsOf } from './endpoints.ts';
import { toExamples } from './examples.ts';
import { placedMetadata } from './model-schema.ts';
import { inferComponents, NOTHING_KNOWN } from './open-inference/components.ts';
import { inferEndpointsOf } from './open-inference/endpoints.ts';
import { HEADERS, responseComponents } from './responses.ts';
import { predictionComponents } from './tensorflow/components.ts';
import { predictionEndpointsOf } from './tensorflow/endpoints.ts';

/** The facts that the document is made from. */
export interface Subject extends Deployed {
  /** The model's metadata, or the reason why it is missing. */
  readonly metadata: Metadata | { readonly unavailable: string };
  /** MODEL_NAME and PREDICTIVE_UNIT_ID, where they are set. */
  readonly modelName?: string | undefined;
  /** Undefined: the model cannot be loaded. */
  readonly className?: string | undefined;
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
  const examples = toExamples(metadata, { [subject.unitId ?? '0']: 0 }, subject.accepts);
  const name = metadata?.name || subject.className || subject.modelName || 'model';
  const version = metadata?.versions.filter(Boolean).at(-1);
  const infer = inferComponents(metadata, name);
  const prediction = predictionComponents(metadata ?? NOTHING_KNOWN, name);
  return assemble({
    info: {
      title: metadata?.name || subject.modelName || 'A Seldon model',
      version: metadata?.versions[0] || 'unknown',
      description: describe(subject),
      ...('unavailable' in subject.metadata && { 'x-unavailable': subject.metadata.unavailable }),
      ...(metadata && Object.keys(metadata.custom).length > 0 && { 'x-custom': metadata.custom }),
    },
    serverUrl: subject.serverUrl,
    endpoints: [
      ...endpointsOf(subject),
      ...inferEndpointsOf(subject, { name, version }),
      ...predictionEndpointsOf(subject, name),
    ],
    metadata,
    examples,
    schemas: { ...infer.schemas, ...prediction.schemas },
    requestBodies: { ...infer.requestBodies, ...prediction.requestBodies },
    requestExamples: { ...infer.examples, ...prediction.examples },
    responses: {
      ...responseComponents(examples.answer, metadata && placedMetadata(METADATA_EXAMPLE, metadata)),
      ...infer.responses,
      ...prediction.responses,
    },
    headers: HEADERS,
    // The page of /docs reads the model's metadata there, also where no function answers /metadata.
    kept: { $ref: '#/components/responses/Metadata' },
  });
}

/** The place of the metadata in the document. */
const METADATA_EXAMPLE = '#/components/responses/Metadata/content/application~1json/example';

const INTRODUCTION = [
  'A model behind the REST protocol of Seldon Core v1, the Open Inference Protocol and TensorFlow Serving.',
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
