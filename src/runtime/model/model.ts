import type { NdArray } from '../arrays/ndarray.ts';
import type { Feedback, Meta, Metric, SeldonMessage, SeldonMessageList } from './message.ts';
import type { MetadataInput } from './metadata.ts';
import type { ModelCall } from './model-call.ts';
import type { ArrayKind, PayloadKind } from './payload-kinds.ts';
import type { SeldonResponse } from './seldon-response.ts';

/** Any JSON value; integers beyond 2^53 are bigints. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Arrays by name: several named tensors of the Open Inference Protocol, in the order of the request. */
export interface NamedInputs {
  readonly [name: string]: NdArray;
}

/**
 * The payload of a message, as your method gets it: `data` an {@link NdArray}, `strData` a string, `binData`
 * bytes, `jsonData` the JSON value itself, several named tensors {@link NamedInputs}.
 */
export type Payload = NdArray | string | Uint8Array | Json | NamedInputs;

type TypedArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/**
 * The result of your method.
 *
 * NdArray, typed array or (nested) list -> `data`, in the request's own array kind; string -> `strData`;
 * bytes (Uint8Array, Buffer) -> `binData`; plain object -> `jsonData`; or a {@link SeldonResponse} of one of
 * these.
 */
export type Returned =
  | NdArray
  | TypedArray
  | Uint8Array
  | readonly unknown[]
  | string
  | Readonly<Record<string, unknown>>
  | SeldonResponse;

type Awaitable<T> = T | Promise<T>;

/** The answer of `modelErrorHandler`: an HTTP status, a body that is sent as JSON, and headers of its own. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The methods of a model class. All are optional and may be async; a plain class will do, there is nothing to
 * inherit from.
 *
 * The class is constructed once per instance with one object, the PREDICTIVE_UNIT_PARAMETERS by name, typed.
 * A method that throws SeldonNotImplementedError counts as absent. The `*Raw` methods get the whole message,
 * and their result is sent as it is; when a class has both, the raw one is called. The last argument, `call`,
 * is always passed: the request's headers, its id and the time that is left.
 *
 * @example
 * export class MyModel {
 *   predict(X: NdArray, names: string[], meta?: Meta) { return X; }
 *   classNames() { return ['a', 'b']; }
 * }
 */
export interface Model {
  /**
   * Runs once per instance, before the first call; a failure is answered (503 on health, 500 elsewhere) and
   * tried again at the next call. If it has not ended shortly before the time of a call is over, that call is
   * answered 504, and the next one tries again, unless it has ended meanwhile. Python: `load`.
   */
  load?(): Awaitable<void>;

  /**
   * `X`: what the message carries; `names`: its feature names, `[]` without; `meta`: its meta, undefined
   * without. Absent: an empty array is answered. Python: `predict`.
   */
  predict?(X: Payload, names: string[], meta?: Meta, call?: ModelCall): Awaitable<Returned>;
  /** Absent: the features are answered. Python: `transform_input`. */
  transformInput?(X: Payload, names: string[], meta?: Meta, call?: ModelCall): Awaitable<Returned>;
  /** Absent: the features are answered. Python: `transform_output`. */
  transformOutput?(X: Payload, names: string[], meta?: Meta, call?: ModelCall): Awaitable<Returned>;
  /** The child to send the request to: 0, 1, ...; -1 all children, -2 none. Absent: 400. Python: `route`. */
  route?(
    X: Payload,
    names: string[],
    meta?: Meta,
    call?: ModelCall,
  ): Awaitable<number | bigint | SeldonResponse>;
  /** `Xs` and `namesList`: one entry per message, in order. Absent: 400. Python: `aggregate`. */
  aggregate?(Xs: Payload[], namesList: string[][], call?: ModelCall): Awaitable<Returned>;
  /**
   * `features` and `truth`: the arrays of the request and of the truth, empty arrays without; `routing`: the
   * branch that this unit chose for the request, undefined without. Returning nothing answers an empty array.
   * Python: `send_feedback`.
   */
  sendFeedback?(
    features: NdArray,
    names: string[],
    reward: number,
    truth: NdArray,
    routing?: number,
    call?: ModelCall,
    // biome-ignore lint/suspicious/noConfusingVoidType: most of these methods have no return statement.
  ): Awaitable<Returned | null | undefined | void>;

  predictRaw?(message: SeldonMessage | Uint8Array, call?: ModelCall): Awaitable<unknown>;
  transformInputRaw?(message: SeldonMessage, call?: ModelCall): Awaitable<unknown>;
  transformOutputRaw?(message: SeldonMessage, call?: ModelCall): Awaitable<unknown>;
  routeRaw?(message: SeldonMessage, call?: ModelCall): Awaitable<unknown>;
  aggregateRaw?(messages: SeldonMessageList, call?: ModelCall): Awaitable<unknown>;
  sendFeedbackRaw?(feedback: Feedback, call?: ModelCall): Awaitable<unknown>;
  healthStatusRaw?(call?: ModelCall): Awaitable<unknown>;

  /** Names of the answer's columns (its second axis); absent: `t:0`, `t:1`, ... Python: `class_names`. */
  classNames?: ((call?: ModelCall) => Awaitable<readonly string[] | NdArray | null>) | readonly string[];
  /** Tags for `meta.tags` of every answer: a method or a plain attribute. Python: `tags`. */
  tags?:
    | ((call?: ModelCall) => Awaitable<Readonly<Record<string, unknown>> | null | undefined>)
    | Readonly<Record<string, unknown>>;
  /**
   * Metrics of every answer: a method or a plain attribute, which is a list; see {@link counter},
   * {@link gauge}, {@link timer}. Python: `metrics`.
   */
  metrics?: ((call?: ModelCall) => Awaitable<readonly Metric[]>) | readonly Metric[];
  /**
   * Throws or returns false when the model cannot serve: /health/status then answers 503. Returning nothing
   * or true answers "healthy", as when it is absent. Python: `health_status`.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a check that only throws has no return statement.
  healthStatus?(call?: ModelCall): Awaitable<Returned | boolean | undefined | void>;
  /**
   * The model's description, answered at /metadata under what MODEL_METADATA says. Python: `init_metadata`.
   */
  initMetadata?(): Awaitable<MetadataInput>;
  /**
   * The state to keep across instances: data only (numbers, strings, lists, plain objects, Maps, Sets, typed
   * arrays, Dates), never handles or instances. With a STATE_URL it is stored before the answer of a method
   * that changed it.
   */
  getState?(): unknown;
  /** The fields of a message that the methods take, where one instance differs from `static accepts`. */
  readonly accepts?: readonly PayloadField[];
  /** The methods that may change the state, where one instance differs from `static stateful`. */
  readonly stateful?: readonly MethodName[];
  /**
   * Takes over a stored state. `schemaVersion`: the one that wrote it, never newer than the class's own
   * `static schemaVersion` (default 1).
   */
  setState?(state: unknown, schemaVersion: number): void;
  /**
   * Your own answer for an error that one of your methods threw; undefined leaves it to the default. `call`
   * is undefined for an error of `initMetadata`. Python: `model_error_handler`.
   */
  modelErrorHandler?(error: unknown, call?: ModelCall): Awaitable<ErrorAnswer | undefined>;
}

/** The name of a method that answers an endpoint. */
export type MethodName =
  | 'predict'
  | 'transformInput'
  | 'transformOutput'
  | 'route'
  | 'aggregate'
  | 'sendFeedback'
  | 'healthStatus';

/** A model whose state can be kept. */
export type StatefulModel = Model & Required<Pick<Model, 'getState' | 'setState'>>;

/** A field of a SeldonMessage that carries a payload; `data` carries an array in any form. */
export type PayloadField = 'data' | Exclude<PayloadKind, ArrayKind>;

/** A model class, with its static properties. */
export interface ModelClass {
  new (parameters: Record<string, unknown>): Model;
  /**
   * The fields of a message that its methods take; default: all. A message with another field is answered 400
   * before a method is called, and /docs and /seldon.json show these only. Raw methods get every message.
   *
   * @example static accepts = ['data', 'strData'] as const;
   */
  readonly accepts?: readonly PayloadField[];
  /**
   * The parameters that its constructor takes, with their default values; undefined for one that has none.
   * With it, a parameter of another name, or of another type than its default, is refused when the model is
   * loaded, and the constructor gets the defaults of those that are not given.
   *
   * @example static parameters = { threshold: 0.5 };
   */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The methods that may change the state; default `['sendFeedback']`. */
  readonly stateful?: readonly MethodName[];
  /**
   * Makes one state of several, for states that add up in any order: many instances can write at once then.
   * Feedback changes one part of the state alone, the other methods get them merged. A new model adds
   * nothing.
   */
  merge?(states: unknown[]): unknown;
  /** Version of what `getState()` returns; default 1. Raise it when the state changes its form. */
  readonly schemaVersion?: number;
}

/** A model that has method M. */
export type With<M extends MethodName> = Model & { [K in M]-?: NonNullable<Model[K]> };
