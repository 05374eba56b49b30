import type { CallContext } from '../instance/endpoint.ts';
import { tryDescribe } from '../unit/try-describe.ts';

/**
 * Checks that the model in a path is the one that is served, as where it is asked whether it is ready. One
 * that cannot be loaded may have any name.
 *
 * @throws SeldonError MICROSERVICE_NOT_FOUND naming the model that there is.
 */
export async function check(context: CallContext): Promise<void> {
  const { unavailable, ...description } = await tryDescribe(context);
  if (unavailable === undefined) {
    const { read } = await context.protocol.wire();
    const received = await read.none?.(context.request);
    await received?.decode('', undefined, async () => description);
  }
}
