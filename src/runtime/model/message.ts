/**
 * COUNTER adds, GAUGE sets, TIMER observes milliseconds; `tags` become labels. A bigint is answered with all
 * its digits, and counted as the nearest double.
 */
export interface Metric {
  readonly key: string;
  readonly type: 'COUNTER' | 'GAUGE' | 'TIMER';
  readonly value: number | bigint;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Data about a message, which travels with the payload through the inference graph: `puid`, the request's id;
 * `routing`, unit id -> branch; `requestPath`, unit id -> image. A null field counts as absent; unknown
 * fields are kept for the model. An integer beyond 2^53 is a bigint, in `puid`, in `tags` and everywhere
 * else.
 */
export interface Meta {
  readonly puid?: string | number | bigint | null;
  readonly tags?: Readonly<Record<string, unknown>> | null;
  readonly routing?: Readonly<Record<string, number>> | null;
  readonly requestPath?: Readonly<Record<string, string>> | null;
  readonly metrics?: readonly Metric[] | null;
  readonly [key: string]: unknown;
}

/** A `data` payload: `names` and one array. */
export interface DefaultData {
  readonly names?: readonly string[] | null;
  readonly tensor?: unknown;
  readonly ndarray?: unknown;
  readonly tftensor?: unknown;
}

/** Outcome of a call; on errors `code` -1, `status` 1 (FAILURE). */
export interface Status {
  readonly code?: number;
  readonly info?: unknown;
  readonly reason?: string;
  readonly status?: 'SUCCESS' | 'FAILURE' | 0 | 1;
}

/**
 * One request or answer. A null field counts as absent, but `jsonData: null`, which is a payload. An integer
 * beyond 2^53 is a bigint, which an answer has with all its digits; other numbers are doubles.
 */
export interface SeldonMessage {
  readonly status?: Status | null;
  readonly meta?: Meta | null;
  readonly data?: DefaultData | null;
  readonly binData?: string | null;
  readonly strData?: unknown;
  readonly jsonData?: unknown;
}

/** The request of /aggregate: an array of messages, or an object that holds one. */
export type SeldonMessageList =
  | readonly SeldonMessage[]
  | { readonly seldonMessages: readonly SeldonMessage[] };

/** The request of /send-feedback: a request, its answer, the reward and the true answer. */
export interface Feedback {
  readonly request?: SeldonMessage | null;
  readonly response?: SeldonMessage | null;
  readonly reward?: number | string | boolean | null;
  readonly truth?: SeldonMessage | null;
}
