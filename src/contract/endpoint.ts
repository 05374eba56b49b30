import { UserError } from '../bundle/user-error.ts';
import type { Category, Contract, Section } from './contract.ts';
import type { Sample } from './sample.ts';

/** What the command line says of the requests. */
export interface RequestOptions {
  /** `tensor` instead of `ndarray`. */
  readonly tensor: boolean;
  /** How many messages are combined by one call of /aggregate. */
  readonly messages: number;
  /** The router that feedback is for: its PREDICTIVE_UNIT_ID. */
  readonly unit: string | undefined;
}

/** An endpoint that can be tested. */
export interface Endpoint {
  /** What a row of a sample is made of. */
  sections(contract: Contract, options: RequestOptions): Section[];
  /** The request's body; `tables` are the sections, each with all rows. */
  body(tables: readonly Data[], sample: Sample, options: RequestOptions): unknown;
  /** How many rows are answered: as many as were sent, one, or whatever the model likes. */
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

/** Path without slash -> endpoint. */
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
  'send-feedback': {
    sections: ({ features, targets }) => (targets ? [features, targets, targets] : [features]),
    body: ([request, response, truth], { rows, reward }, { unit }) => ({
      request: { data: request },
      response: {
        ...(response && { data: response }),
        // The branch that a router chose is what its contract has as the first target.
        ...(unit !== undefined && { meta: { routing: { [unit]: rows[0]?.[1]?.[0] } } }),
      },
      reward,
      ...(truth && { truth: { data: truth } }),
    }),
    answers: 'anything',
  },
} as const satisfies Record<string, Endpoint>;

/** The name of an endpoint that can be tested. */
export type EndpointName = keyof typeof ENDPOINTS;

/** Those names, in the order of the help. */
export const ENDPOINT_NAMES = Object.keys(ENDPOINTS) as EndpointName[];

/** A sample as the body of a request. */
export function toBody(
  endpoint: Endpoint,
  contract: Contract,
  sample: Sample,
  options: RequestOptions,
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

function nest(values: readonly unknown[], [length = 0, ...rest]: readonly number[]): unknown {
  if (rest.length === 0) {
    return values;
  }
  const size = values.length / length;
  return Array.from({ length }, (_, index) => nest(values.slice(index * size, (index + 1) * size), rest));
}

/**
 * Refuses a contract that these requests cannot be made from.
 *
 * @throws UserError naming the place in the contract.
 */
export function refuseUnfit(contract: Contract, name: EndpointName, { tensor, unit }: RequestOptions): void {
  const columns = ENDPOINTS[name]
    .sections(contract, { tensor, unit, messages: 1 })
    .flatMap((each) => each.columns);
  if (tensor) {
    for (const { place, domain } of columns) {
      const other =
        domain.ftype === 'categorical' && domain.values.find((value) => typeof value !== 'number');
      if (domain.ftype === 'categorical' && other !== undefined && other !== false) {
        throw new UserError(
          `${place}.values: expected numbers, as a tensor has no others, got ${JSON.stringify(other)}`,
        );
      }
    }
  }
  if (unit === undefined) {
    return;
  }
  const branch = contract.targets?.columns[0]?.domain;
  const isBranch = branch?.ftype === 'continuous' ? branch.isInteger : branch?.values.every(Number.isInteger);
  if (!isBranch) {
    throw new UserError(
      'targets[0]: expected the branch that the router chose, dtype INT or integer values, for --unit',
    );
  }
}
