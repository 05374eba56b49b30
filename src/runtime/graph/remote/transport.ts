import type { EndpointName } from '../../routes.ts';

/** A request to a unit elsewhere. */
export interface RemoteRequest {
  readonly method: 'GET' | 'POST';
  /** As `/predict`. */
  readonly path: string;
  /** The endpoint of the unit that is called. */
  readonly endpoint: EndpointName;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly timeoutMs: number;
  /** Whether it may be sent again where it is not known that the first one has arrived. */
  readonly isRepeatable: boolean;
}

/** An answer of a unit elsewhere, of any status. */
export interface RemoteAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string | Uint8Array;
}

/** The way to a unit elsewhere. */
export interface Transport {
  /**
   * Sends a request once.
   *
   * @throws NotCarriedOut when the unit certainly did not get it; CallFailure when that is not known;
   *   SeldonError for what another try will not mend.
   */
  send(request: RemoteRequest): Promise<RemoteAnswer>;
  /** Checks that the unit can be reached, without calling it. */
  check(timeoutMs: number): Promise<void>;
  /** Makes an instance of the unit ready; default: nothing. */
  warm?(): Promise<void>;
}
