import type { Reply } from '../client.ts';
import type { Contract, Section } from '../contract.ts';
import type { EndpointName } from '../endpoint.ts';
import type { Fault } from '../fault.ts';
import type { InputOption } from '../input-option.ts';
import type { Sample } from '../sample.ts';

/** Options of the command line that shape the requests. */
export interface RequestOptions {
  /** Sends `tensor` instead of `ndarray`. */
  readonly tensor: boolean;
  /** Sends the body as form field `json=`, as Seldon's own client does. */
  readonly form: boolean;
  /** Number of messages that one call of /aggregate combines. */
  readonly messages: number;
  /** PREDICTIVE_UNIT_ID of the router that gets the feedback. */
  readonly unit: string | undefined;
  /** Sends tensors as bytes behind the JSON, and asks for such answers. */
  readonly binary: boolean;
  /** Sends each column by its name. */
  readonly columns: boolean;
  /** The tensor of all features; undefined: a name and a datatype by default. */
  readonly input: InputOption | undefined;
}

/** The requests that are to be made. */
export interface Requested extends RequestOptions {
  readonly contract: Contract;
  readonly endpoint: EndpointName;
}

/** A request, apart from its address and credentials. */
export interface Message {
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Of the body, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request as JSON, with all values in it. */
  toJson(): string;
}

/** The data of an answer, in whatever form it came. */
export interface Table {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly unknown[];
  /** Whether the form has names of columns. */
  readonly isNamed: boolean;
  readonly names: unknown;
}

/** The protocols that can be tested, as the command line has them, in the order of its help. */
export const PROTOCOL_NAMES = ['seldon', 'v2', 'tensorflow'] as const;

/** How a protocol asks for predictions, and answers. */
export interface Protocol {
  readonly name: (typeof PROTOCOL_NAMES)[number];
  readonly endpoints: readonly EndpointName[];
  /** The options that mean something in it. */
  readonly options: readonly (keyof RequestOptions)[];
  /** Whether the path has the name of the model in it. */
  readonly hasModel: boolean;
  /** The path of an endpoint, without the slash before it. */
  pathOf(endpoint: EndpointName, model: string): string;
  /**
   * Refuses a contract from which the requests cannot be made.
   *
   * @throws UserError naming the place in the contract.
   */
  refuseUnfit(requested: Requested): void;
  /**
   * The request for a sample.
   *
   * @throws UserError for values that it cannot carry.
   */
  toMessage(requested: Requested, sample: Sample): Message;
  /** The fault of an answer that is none, whatever its data are. */
  faultOf(json: Readonly<Record<string, unknown>>, reply: Reply): Fault | undefined;
  /** The data of an answer, which should be those of `section`. */
  readTable(json: Readonly<Record<string, unknown>>, reply: Reply, section: Section): Table | Fault;
}
