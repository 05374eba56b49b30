import { toSeldonError } from '../errors.ts';
import type { HttpResponse } from '../http/request.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';

/**
 * Answers a request that is a CloudEvent, whose attributes are headers, with the headers of another one, as
 * the executor does.
 */
export async function answerEvent(
  context: CallContext,
  deployment: string,
  respond: Endpoint['respond'],
): Promise<HttpResponse> {
  const own = headersOf(context, deployment);
  try {
    const response = await respond(context);
    return { ...response, headers: { ...response.headers, ...own } };
  } catch (thrown) {
    const error = toSeldonError(thrown);
    throw error.with({ headers: { ...error.headers, ...own } });
  }
}

function headersOf({ request, invocation, instance }: CallContext, deployment: string) {
  return {
    'ce-id': encoded(invocation.puid ?? ''),
    'ce-specversion': '0.3',
    'ce-path': encoded(request.path),
    'ce-type': encoded(`seldon.${deployment}.${instance.config.SELDON_NAMESPACE}.response`),
    'ce-source': `seldon.${deployment}`,
  };
}

/** Other characters than those of a header become as in a URL; half a surrogate pair becomes U+FFFD. */
function encoded(text: string): string {
  return text.replace(/[^!-~]+/g, (part) => encodeURIComponent(Buffer.from(part).toString()));
}
