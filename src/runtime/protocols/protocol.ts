import type { NdArray } from '../arrays/ndarray.ts';
import type { SeldonError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Meta, Metric } from '../model/message.ts';
import type { Metadata } from '../model/metadata.ts';
import type { Payload } from '../model/model.ts';
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
  /** Asked for only where the answer has columns. */
  readonly classNames: () => unknown;
  /** Later ones win. */
  readonly tags: readonly unknown[];
  readonly metrics: readonly Metric[];
}

/** Settings of an answer that the endpoint and the unit decide, not the request. */
export interface AnswerSettings {
  /** The unit's own entry of `requestPath`. */
  readonly unitPath: Readonly<Record<string, string>>;
  /** Whether tags, metrics and requestPath of the request go into the answer. */
  readonly carriesMeta: boolean;
  /** Whether the answer shows the model's metrics: INCLUDE_METRICS_IN_CLIENT_RESPONSE. */
  readonly showsMetrics: boolean;
}

/** A response's content. */
export interface Reply {
  readonly body: string | Uint8Array;
  /** Names in lower case; default: `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 200; for an error, the error's own. */
  readonly status?: number;
}

/** A request's message, decoded; it knows how to encode its answer. */
export interface Call<K extends RequestKind> {
  readonly input: Inputs[K];
  encode(answer: Answer, settings: AnswerSettings): Promise<Reply>;
}

/** A request's body, read but not checked. */
export interface Received<K extends RequestKind> {
  /** Arguments of a raw method; undefined in a protocol that has no raw methods. */
  rawArguments?(): readonly unknown[];
  /**
   * Decodes the message, or several.
   *
   * @param unitId - the unit that is called, as a feedback's `routing` names it.
   * @throws SeldonError MICROSERVICE_BAD_DATA for a malformed message.
   */
  decode(unitId: string): Promise<Call<K>>;
}

/** Reads a request's body, for which it has the bytes and headers at hand. */
export type ReadRequest<K extends RequestKind> = (request: HttpRequest) => Promise<Received<K>>;

/** Reads messages and writes answers. */
export interface Wire {
  /**
   * By the kind of request; a kind that the protocol does not have is left out, as are its paths. Called again for each run
   * that is repeated.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA for a body that cannot be read.
   */
  readonly read: { readonly [K in RequestKind]?: ReadRequest<K> };
  /** Answers that the function runs; default: Seldon's `pong`. */
  encodeLive?(request: HttpRequest): Reply;
  /** Answers the model's metadata; default: Seldon's. */
  encodeMetadata?(metadata: Metadata, request: HttpRequest): Reply;
}

/** A wire protocol. Exactly one matches a request. */
export interface Protocol {
  readonly name: string;
  /** Its paths, by endpoint. No two protocols have the same. */
  readonly paths: { readonly [Name in EndpointName]?: Routes };
  /** Whether a request speaks it; also one whose path does not exist, as its error has the protocol's form. Cheap. */
  matches(request: HttpRequest): boolean;
  /** Seldon's orchestrator's name for a call at `path` by an API client: `predictions`, `feedback`; undefined: a unit's own path. */
  serviceOf(path: string): 'predictions' | 'feedback' | undefined;
  /** The answer to a failed request. Loaded always: keep it small. */
  encodeError(error: SeldonError): Reply;
  /** The rest, imported when it is first needed. */
  wire(): Wire | Promise<Wire>;
}
