import type { Config } from '../../../config.ts';
import type { CloudEvent } from '../cloud-event.ts';

/**
 * Sends an event to a sink.
 *
 * @throws Error when the sink did not accept the event in time.
 */
export type Send = (event: CloudEvent, timeoutMs: number) => Promise<void>;

/** Opens a sink by its URL; no connection is made yet. */
export type OpenSink = (url: URL, config: Config) => Send;
