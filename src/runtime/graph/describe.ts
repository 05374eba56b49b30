import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { describeGraph } from './document.ts';

// The page does without the schemas of the document, and the document without the page.

/** Answers the OpenAPI document of a graph. */
export async function openapi(...call: Parameters<typeof describeGraph>): Promise<HttpResponse> {
  return (await import('./document.ts')).describeGraph(...call);
}

/** Answers the page of /docs. */
export async function docs(context: CallContext): Promise<HttpResponse> {
  return (await import('../endpoints/docs.ts')).docs.respond(context);
}
