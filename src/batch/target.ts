import type { BatchRequest } from './request.ts';

/** The outcome of a request. */
export type Outcome = Answered | Refused;

/** The model has answered. */
export interface Answered {
  readonly isAnswered: true;
  /** JSON. */
  readonly text: string;
  /** The bytes behind the JSON, where the answer has some. */
  readonly tail?: Uint8Array | undefined;
}

/** There is no answer, or an error. */
export interface Refused {
  readonly isAnswered: false;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** Short, the same for failures of the same kind: `400 MICROSERVICE_BAD_DATA`. */
  readonly kind: string;
  /** All that is known, for the output. */
  readonly reason: string;
  /** Whether the same request, sent again, may be answered. */
  readonly mayPass: boolean;
  /** Whether the host has too much to do: fewer requests at once may help. */
  readonly isThrottled: boolean;
  /** When the host wants to be asked again, if it said so. */
  readonly retryAfterMs: number | undefined;
  /** Whether it may be a single line of the request that is in the way. */
  readonly maySplit: boolean;
  /** Whether the address or the credentials are wrong, and so every request. */
  readonly isForAll: boolean;
}

/** The longest time that a run waits because a host asks for it, in milliseconds; a longer one ends it. */
export const MAX_PAUSE_MS = 600_000;

/** Where the requests go. */
export interface Target {
  /** Its address, or its name, for the report. */
  readonly name: string;
  /** Requests that it has at once at the beginning, and at most. */
  readonly firstRequests: number;
  readonly maxRequests: number;
  /** Sends a request once. Rejects only with the signal's reason, when that is aborted. */
  send(request: BatchRequest, signal: AbortSignal): Promise<Outcome>;
  /** The model's own description; undefined when there is none. */
  metadata(): Promise<unknown>;
  close(): Promise<void>;
}

/** The host, or a gateway before it, has too much to do. */
const THROTTLED = [429, 503];
/** The address, the method or the credentials are wrong, whatever is sent. */
const FOR_ALL = [401, 403, 404, 405, 501];
/** Fewer lines in a request would change nothing. */
const WHATEVER_IS_SENT = [...THROTTLED, 502, ...FOR_ALL];

/** Reads what the status of an answer says about the other requests. */
export function refusalOf(
  status: number | undefined,
  reason: string | undefined,
): Pick<Refused, 'status' | 'kind' | 'isThrottled' | 'maySplit' | 'isForAll'> {
  const kind = status === undefined ? 'no answer' : [status, reason].filter(Boolean).join(' ');
  const isOneOf = (statuses: readonly number[]) => status !== undefined && statuses.includes(status);
  return {
    status,
    kind,
    isThrottled: isOneOf(THROTTLED),
    maySplit: status !== undefined && !isOneOf(WHATEVER_IS_SENT),
    isForAll: isOneOf(FOR_ALL),
  };
}
