// For programs that do not include it by themselves.
/// <reference path="./html.d.ts" />
import { createHash } from 'node:crypto';
import page from '../../page/page.html';
import type { Endpoint } from '../instance/endpoint.ts';

/**
 * Answers /docs with a web page, which is the same for every model. The page reads /seldon.json, so the model
 * is not needed here, but for its name where a path has one.
 */
export const docs: Endpoint = {
  routes: 'docs',
  mayEndInSlash: true,
  async respond(context) {
    const { headers, params } = context.request;
    if (params?.model) {
      await (await import('./name.ts')).check(context);
    }
    const isKnown = headers['if-none-match']?.includes(TAG);
    return { status: isKnown ? 304 : 200, headers: HEADERS, body: isKnown ? '' : page };
  },
};

const hash = (text: string) => createHash('sha256').update(text).digest('base64');

const TAG = hash(page);

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // Only the scripts and styles of the page itself apply, and it sends requests only to the host that it came
  // from.
  'content-security-policy':
    "default-src 'none'; " +
    sourcesOf('script') +
    sourcesOf('style') +
    'img-src data:; ' +
    "connect-src 'self'; " +
    "base-uri 'none'; " +
    "form-action 'none'; " +
    "frame-ancestors 'none'; " +
    // Text is never read as markup, so a model's description of itself is safe.
    "require-trusted-types-for 'script'; " +
    "trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The next deployment may change the page. Checking for a new page costs only an answer without a body.
  'cache-control': 'no-cache',
  // Weak, because a gateway may compress the page.
  etag: `W/"${TAG}"`,
};

/** CSP's directive for the elements of one kind that the page has, by the hashes of their contents. */
function sourcesOf(element: string): string {
  const [, ...elements] = page.split(`<${element}>`);
  const hashes = elements.map((rest) => `'sha256-${hash(rest.split(`</${element}>`)[0] as string)}'`);
  return `${element}-src ${hashes.join(' ')}; `;
}
