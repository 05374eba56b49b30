import type { NdArray } from '../arrays/ndarray.ts';
import type { SeldonError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Meta, Metric } from '../model/message.ts';
import type { Metadata } from '../model/metadata.ts';
import type { Payload, PayloadField } from '../model/model.ts';
import type { EndpointName, Routes } from '../routes.ts';

/** The arguments of a method, by the kind of request that its endpoint takes. */
export interface Inputs {
  readonly none: Readonly<Record<string, never>>;
  readonly message: { readonly features: Payload; readonly names: string[]; readonly meta: Meta | undefined };
  readonly messageList: { readonly features: Payload[]; readonly names: string[][] };
  readonly feedback: {
    readonly features: NdArray;
    readonly names: string[];
    readonly reward: number;
    readonly truth: NdArray;
    readonly routing: number | undefined;
  };
}

/** The kind of request that an endpoint takes. */
export type RequestKind = keyof Inputs;

/** An answer's payload after lists and typed arrays have become an NdArray. */
export type AnswerPayload = NdArray | string | Uint8Array | Readonly<Record<string, unknown>>;

/** An answer: a payload with the names of its columns, and the model's own tags and metrics. */
export interface Answer {
  readonly payload: AnswerPayload;
  /** The names of the columns; called only if the answer has columns. */
  readonly classNames: () => unknown;
  /** The tags of the model, then those of the result; later ones win. */
  readonly tags: readonly unknown[];
  readonly metrics: readonly Metric[];
}

/** Settings of an answer that depend on the endpoint and the unit, not on the request. */
export interface AnswerSettings {
  /** The unit's own entry of `requestPath`. */
  readonly unitPath: Readonly<Record<string, string>>;
  /** Whether tags, metrics and requestPath of the request go into the answer. */
  readonly carriesMeta: boolean;
  /** Whether the answer shows the model's metrics: INCLUDE_METRICS_IN_CLIENT_RESPONSE. */
  readonly showsMetrics: boolean;
  /** The request's id, as in the log, for a protocol that answers one where the caller gave none. */
  readonly puid?: string | undefined;
}

/** The content of a response, in the form of a protocol. */
export interface Reply {
  readonly body: string | Uint8Array;
  /** Headers by name in lower case; default: `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 200; for an error, the status of the error. */
  readonly status?: number;
}

/** A decoded request. It knows how to encode its answer. */
export interface Call<K extends RequestKind> {
  readonly input: Inputs[K];
  /** The parts of the request that go into its answer, for the GraphWire of the same protocol. */
  readonly carried?: unknown;
  encode(answer: Answer, settings: AnswerSettings): Promise<Reply>;
}

/** A unit as its callers know it. */
export interface UnitDescription {
  /** Its names, the one to show first: of its metadata, its class, and its place in a graph. */
  readonly names: readonly string[];
  /** The metadata, merged but not checked: any key may hold anything. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A unit whose model may not be there. */
export interface TriedDescription extends UnitDescription {
  /** Why the model cannot be loaded, in words for callers; undefined: it can. */
  readonly unavailable?: string;
}

/** A request's body, read but not checked. */
export interface Received<K extends RequestKind> {
  /**
   * Whether a transformer of the model stands in for `predict`, where the model has no `predict`; default:
   * an empty array is answered.
   */
  readonly mayTransform?: boolean;
  /** Arguments of a raw method; undefined in a protocol that has no raw methods. */
  rawArguments?(): readonly unknown[] | Promise<readonly unknown[]>;
  /**
   * Decodes the message or the messages.
   *
   * @param unitId - the unit that is called; a feedback's `routing` is read under this id.
   * @param accepts - the fields of a message that the model takes; undefined: all. A feedback has arrays
   * only.
   * @param describe - describes the unit, for a protocol whose messages name it, or leave to its metadata
   * what they mean.
   * @throws SeldonError MICROSERVICE_BAD_DATA for a malformed message, or one with a field that is not taken.
   */
  decode(
    unitId: string,
    accepts?: readonly PayloadField[],
    describe?: () => Promise<UnitDescription>,
  ): Call<K> | Promise<Call<K>>;
}

/** Reads a request's body, from its bytes and its headers. */
export type ReadRequest<K extends RequestKind> = (request: HttpRequest) => Promise<Received<K>>;

/** Reads messages and writes answers. */
export interface Wire {
  /**
   * Readers by kind of request. A kind that the protocol does not have is left out, as are its paths. A
   * reader is called again for each repeated run.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA for a body that cannot be read.
   */
  readonly read: { readonly [K in RequestKind]?: ReadRequest<K> };
  /** Encodes the answer to a liveness check; default: Seldon's `pong`. */
  encodeLive?(request: HttpRequest): Reply;
  /**
   * Answers a path of the endpoint `metadata` that is about the server, or about all of its models: also when
   * one of them cannot be loaded.
   *
   * @param describe - describes the unit; or a graph as if it were one.
   * @returns undefined for a path that is about one model.
   */
  encodeServer?(
    request: HttpRequest,
    describe: () => Promise<TriedDescription>,
  ): Reply | undefined | Promise<Reply | undefined>;
  /**
   * Encodes the model's metadata; default: in Seldon's form.
   *
   * @param names - of the unit, see {@link UnitDescription}.
   * @throws SeldonError MICROSERVICE_NOT_FOUND when the request names another model.
   */
  encodeMetadata?(metadata: Metadata, request: HttpRequest, names: readonly string[]): Reply | Promise<Reply>;
}

/** A wire protocol. Exactly one matches a request. */
export interface Protocol {
  readonly name: string;
  /** Its paths, by endpoint. A path belongs to one protocol only. */
  readonly paths: { readonly [Name in EndpointName]?: Routes };
  /**
   * Whether a request uses this protocol. A path that does not exist may match too: its error then has the
   * protocol's form. Must be cheap.
   */
  matches(request: HttpRequest): boolean;
  /**
   * Whether its paths may end in a slash; API Gateway routes such a path as if the slash were not there.
   * Default: false.
   */
  readonly mayEndInSlash?: boolean;
  /**
   * Whether arguments of a method may be views of the request's body, so that a model that changes them
   * changes it. Default: false.
   */
  readonly mayViewBody?: boolean;
  /**
   * The name that Seldon's orchestrator has for an API client's call of `path`: `predictions` or `feedback`.
   * Undefined for the path of a unit itself.
   */
  serviceOf(path: string): 'predictions' | 'feedback' | undefined;
  /**
   * The endpoint that a request of a path of `predict` means, where the path alone does not say it; default:
   * `predict`.
   */
  endpointOf?(request: HttpRequest): EndpointName;
  /** Encodes the answer to a failed request. It is always loaded: keep it small. */
  encodeError(error: SeldonError): Reply;
  /** The rest of the protocol, which may be imported at its first use. */
  wire(): Wire | Promise<Wire>;
}
