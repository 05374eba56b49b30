import { UserError } from '../bundle/user-error.ts';
import type { Category, Contract, Domain, Section } from './contract.ts';
import type { Sample } from './sample.ts';

/** Options of the command line that shape the requests. */
export interface RequestOptions {
  /** Sends `tensor` instead of `ndarray`. */
  readonly tensor: boolean;
  /** Number of messages that one call of /aggregate combines. */
  readonly messages: number;
  /** PREDICTIVE_UNIT_ID of the router that gets the feedback. */
  readonly unit: string | undefined;
}

/** An endpoint that can be tested. */
export interface Endpoint {
  /** The parts of a sample's row. */
  sections(contract: Contract, options: RequestOptions): Section[];
  /** The body of the request; `tables` has one entry for each section, with all rows. */
  body(tables: readonly Data[], sample: Sample, options: RequestOptions): unknown;
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
 * Refuses a contract from which these requests cannot be made.
 *
 * @throws UserError naming the place in the contract.
 */
export function refuseUnfit(contract: Contract, name: EndpointName, { tensor, unit }: RequestOptions): void {
  if (tensor) {
    const sections = ENDPOINTS[name].sections(contract, { tensor, unit, messages: 1 });
    for (const { place, domain } of sections.flatMap(({ columns }) => columns)) {
      refuseOtherThanNumbers(place, domain);
    }
  }
  if (unit !== undefined) {
    refuseWithoutBranch(contract);
  }
}

function refuseOtherThanNumbers(place: string, domain: Domain): void {
  if (domain.ftype !== 'categorical') {
    return;
  }
  const [other] = domain.values.filter((value) => !['number', 'bigint'].includes(typeof value));
  if (other !== undefined) {
    const found = JSON.stringify(other);
    throw new UserError(
      `${place}.values: expected numbers, because a tensor holds nothing else, got ${found}`,
    );
  }
}

function refuseWithoutBranch({ targets }: Contract): void {
  const branch = targets?.columns[0]?.domain;
  const isBranch = branch?.ftype === 'continuous' ? branch.isInteger : branch?.values.every(Number.isInteger);
  if (!isBranch) {
    throw new UserError(
      'targets[0]: expected the branch that the router chose, dtype INT or integer values, for --unit',
    );
  }
}
