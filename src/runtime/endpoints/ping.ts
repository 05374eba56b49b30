import type { Endpoint } from '../instance/endpoint.ts';
import { toResponse } from '../protocols/reply.ts';

/** Answers the liveness check with `pong`, or with the protocol's own word for it, without the model. */
export const ping: Endpoint = {
  routes: 'ping',
  async respond({ request, protocol }) {
    const { encodeLive } = await protocol.wire();
    if (encodeLive === undefined) {
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'pong' };
    }
    return toResponse(encodeLive(request));
  },
};
