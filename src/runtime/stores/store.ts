import type { S3Settings } from '../clients/aws-settings.ts';

/** A value in a store, with the version to name when it is replaced. */
export interface Stored {
  readonly value: Uint8Array;
  /** Opaque; every write has a version of its own. */
  readonly version: string;
}

/** The outcome of a put: stored under a new version, or refused because another write came first. */
export type PutResult =
  | { readonly isStored: true; readonly version: string }
  /** `current`: the value that is there now, where the store returns it with the refusal. */
  | { readonly isStored: false; readonly current?: Stored };

/**
 * A store of a model's state: bytes by key, replaced only by a writer that has seen the last version.
 *
 * Reads are strongly consistent. An operation that throws may have happened or not; the caller has to read to
 * find out.
 */
export interface Store {
  /** Approximate size limit of a value in bytes; undefined when there is no practical limit. */
  readonly maxBytes?: number;
  /**
   * The value of `key`; undefined when there is none.
   *
   * @param onSent - called, by stores that are reached over a network, when the request has been sent and
   *   only the answer is missing.
   */
  get(key: string, timeoutMs: number, onSent?: () => void): Promise<Stored | undefined>;
  /**
   * Replaces the value of `key` if its version is still `seen`; with `seen` undefined, if there is no value
   * yet. Atomic.
   *
   * @throws SeldonError MICROSERVICE_STATE_TOO_LARGE when the store cannot take a value of this size.
   */
  put(key: string, value: Uint8Array, seen: string | undefined, timeoutMs: number): Promise<PutResult>;
  /**
   * Has reads that begin together be one request from now on. Stores that do that anyhow, or cannot, lack it.
   */
  readTogether?(): Promise<void>;
  /** Closes connections; an operation that is running may fail. */
  close(): Promise<void>;
}

/** The settings of all stores. */
export interface StoreSettings extends S3Settings {
  /** AWS_ENDPOINT_URL_DYNAMODB, or else AWS_ENDPOINT_URL. */
  readonly dynamodbEndpoint: string | undefined;
  /** STATE_OVERFLOW_URL: where a store puts values that are too large for it. */
  readonly overflowUrl: string | undefined;
}

/** Opens a store by its URL; no connection is made yet. */
export type OpenStore = (url: URL, settings: StoreSettings) => Store | Promise<Store>;
