import { toSeldonError } from '../errors.ts';
import { infoForCaller } from '../info-for-caller.ts';
import type { Instance } from '../instance/instance.ts';

/**
 * Says why there is no metadata. A broken model has the same endpoints, so there is a document for it, too.
 */
export function unavailableMetadata(
  thrown: unknown,
  { config, log }: Pick<Instance, 'config' | 'log'>,
): { unavailable: string } {
  log.warn(
    "the OpenAPI document lacks the model's metadata",
    { reason: toSeldonError(thrown).reason },
    thrown,
  );
  return { unavailable: infoForCaller(thrown, config) };
}
