import type { Category, Contract, Section } from './contract.ts';
import type { RequestOptions } from './protocols/protocol.ts';
import type { Sample } from './sample.ts';

/** Options of the command line that shape the messages of Seldon's protocol. */
export type MessageOptions = Pick<RequestOptions, 'tensor' | 'messages' | 'unit'>;

/** An endpoint that can be tested. */
export interface Endpoint {
  /** The parts of a sample's row. */
  sections(contract: Contract, options: Pick<MessageOptions, 'messages'>): Section[];
  /** The body of the request; `tables` has one entry for each section, with all rows. */
  body(tables: readonly Data[], sample: Sample, options: MessageOptions): unknown;
  /** Its path without slash; default: its name. */
  readonly path?: string;
  /** Number of rows in the answer: as many as were sent, one, or any. */
  readonly answers: 'rows' | 'one' | 'anything';
}

/** `data` of a message. */
export interface Data {
  readonly names: readonly string[];
  readonly ndarray?: unknown;
  readonly tensor?: { readonly shape: readonly number[]; readonly values: readonly Category[] };
}

const onMessage: Endpoint = {
  sections: ({ features }) => [features],
  body: ([data]) => ({ data }),
  answers: 'rows',
};

const onFeedback: Endpoint = {
  sections: ({ features, targets }) => (targets ? [features, targets, targets] : [features]),
  body: ([request, response, truth], { rows, reward }, { unit }) => ({
    request: { data: request },
    response: {
      ...(response && { data: response }),
      // The first target in a router's contract is the branch that it chose.
      ...(unit !== undefined && { meta: { routing: { [unit]: rows[0]?.[1]?.[0] } } }),
    },
    reward,
    ...(truth && { truth: { data: truth } }),
  }),
  answers: 'anything',
};

/** By name. */
export const ENDPOINTS = {
  predict: onMessage,
  'transform-input': onMessage,
  'transform-output': onMessage,
  route: { ...onMessage, answers: 'one' },
  aggregate: {
    sections: ({ features }, { messages }) => Array.from({ length: messages }, () => features),
    body: (tables) => tables.map((data) => ({ data })),
    answers: 'rows',
  },
  'send-feedback': onFeedback,
  // Those of an inference graph.
  predictions: { ...onMessage, path: 'api/v1.0/predictions' },
  feedback: { ...onFeedback, path: 'api/v1.0/feedback' },
} as const satisfies Record<string, Endpoint>;

/** The name of an endpoint that can be tested. */
export type EndpointName = keyof typeof ENDPOINTS;

/** All of them, in the order of the help. */
export const ENDPOINT_NAMES = Object.keys(ENDPOINTS) as EndpointName[];

/** Makes the body of a request from a sample. */
export function toBody(
  endpoint: Endpoint,
  contract: Contract,
  sample: Sample,
  options: MessageOptions,
): unknown {
  const tables = endpoint.sections(contract, options).map((section, index) =>
    toData(
      section,
      sample.rows.map((row) => row[index] ?? []),
      options.tensor,
    ),
  );
  return endpoint.body(tables, sample, options);
}

function toData(section: Section, rows: readonly (readonly Category[])[], tensor: boolean): Data {
  const names = section.names.map(({ text }) => text);
  if (tensor) {
    return { names, tensor: { shape: [rows.length, ...section.shape], values: rows.flat() } };
  }
  return { names, ndarray: rows.map((row) => nest(row, section.shape)) };
}

/** A row-major list as lists nested by a shape. */
export function nest(values: readonly unknown[], [length = 0, ...rest]: readonly number[]): unknown {
  if (rest.length === 0) {
    return values;
  }
  const size = values.length / length;
  return Array.from({ length }, (_, index) => nest(values.slice(index * size, (index + 1) * size), rest));
}
