import type { NdArray } from '../arrays/ndarray.ts';
import type { SeldonError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import type { ArrayPlaces } from '../json/array-marks.ts';
import type { Meta, Metric } from '../model/message.ts';
import type { Payload } from '../model/model.ts';
import type { AnswerPayload, ArrayKind } from './seldon/codecs/codec.ts';

/** What a method is called with, by the kind of request that its endpoint takes. */
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

/** What an answer takes over from its request. */
export interface Carried {
  /** How the answer carries an array; undefined when a list held no message to take it from. */
  readonly arrayKind: ArrayKind | undefined;
  readonly puid: Meta['puid'];
  /** In order; tags and requestPath of later ones win. */
  readonly metas: readonly Meta[];
}

/** A request's message, read. */
export interface Call<K extends RequestKind> {
  readonly input: Inputs[K];
  readonly carried: Carried;
}

/** What is answered: a payload with the names of its columns, and the model's own tags and metrics. */
export interface Answer {
  readonly payload: AnswerPayload;
  /** Asked for only where the answer has columns. */
  readonly classNames: () => unknown;
  readonly tags: readonly unknown[];
  readonly metrics: readonly Metric[];
}

/**
 * A wire protocol: how messages are read and answers and errors are written. Exactly one matches a request.
 */
export interface Protocol {
  readonly name: string;
  matches(request: HttpRequest): boolean;
  /**
   * Where a request of this kind may carry arrays; undefined where their lists are to be looked at one by
   * one.
   */
  arrayPlaces(kind: RequestKind): ArrayPlaces | undefined;
  /**
   * Reads a message, or several; each long list at one of `arrayPlaces` may be an NdArray already.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA for a malformed message.
   */
  decode<K extends RequestKind>(kind: K, json: unknown, unitId: string): Promise<Call<K>>;
  /** The answer's body, JSON text. */
  encode(answer: Answer, carried: Carried, requestPath: Readonly<Record<string, string>>): Promise<string>;
  encodeError(error: SeldonError): unknown;
}
