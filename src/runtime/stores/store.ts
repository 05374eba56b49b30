import type { S3Settings } from '../clients/aws-settings.ts';

/** A value in a store, with the version to name when it is replaced. */
export interface Stored {
  readonly value: Uint8Array;
  /** Opaque; another write has another version. */
  readonly version: string;
}

/** What became of a put: stored under a new version, or refused because another write came first. */
export type PutResult =
  | { readonly isStored: true; readonly version: string }
  /** `current`: what is there now, where the store returns it with the refusal. */
  | { readonly isStored: false; readonly current?: Stored };

/**
 * Where a model's state is kept: bytes by key, replaced only by who has seen the last version.
 *
 * Reads are strongly consistent. An operation that throws may have happened or not; the caller finds out by
 * reading.
 */
export interface Store {
  /** The size of the largest value, about; undefined: it is no matter. */
  readonly maxBytes?: number;
  /**
   * The value of `key`; undefined when there is none.
   *
   * @param onSent - called, where the store is not at hand, when it has been asked and there is nothing to do
   *   but to wait.
   */
  get(key: string, timeoutMs: number, onSent?: () => void): Promise<Stored | undefined>;
  /**
   * Replaces the value of `key` if its version is still `seen`; undefined: if there is none yet. Atomic.
   *
   * @throws SeldonError MICROSERVICE_STATE_TOO_LARGE when the store cannot take a value of this size.
   */
  put(key: string, value: Uint8Array, seen: string | undefined, timeoutMs: number): Promise<PutResult>;
  /** Lets go of connections; what runs may fail. */
  close(): Promise<void>;
}

/** What a store may need from the environment. */
export interface StoreSettings extends S3Settings {
  /** AWS_ENDPOINT_URL_DYNAMODB, or else AWS_ENDPOINT_URL. */
  readonly dynamodbEndpoint: string | undefined;
  /** STATE_OVERFLOW_URL: where a store puts values that are too large for it. */
  readonly overflowUrl: string | undefined;
}

/** Opens a store by its URL; no connection is made yet. */
export type OpenStore = (url: URL, settings: StoreSettings) => Store | Promise<Store>;
