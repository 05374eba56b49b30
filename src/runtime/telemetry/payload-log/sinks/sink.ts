import type { Config } from '../../../config.ts';
import type { CloudEvent } from '../cloud-event.ts';

/**
 * Sends an event to where a sink leads.
 *
 * @throws Error when it was not taken, or not in time.
 */
export type Send = (event: CloudEvent, timeoutMs: number) => Promise<void>;

/** Opens a sink by its URL; no connection is made yet. */
export type OpenSink = (url: URL, config: Config) => Send;
