// For programs that do not include it by themselves.
/// <reference path="./html.d.ts" />
import { createHash } from 'node:crypto';
import page from '../../page/page.html';
import type { Endpoint } from '../instance/endpoint.ts';

/**
 * Answers /docs with a web page, which is the same for every model. The page reads /seldon.json, so the model
 * is not needed here.
 */
export const docs: Endpoint = {
  routes: 'docs',
  mayEndInSlash: true,
  respond: ({ request: { headers } }) =>
    headers['if-none-match']?.includes(TAG)
      ? { status: 304, headers: HEADERS, body: '' }
      : { status: 200, headers: HEADERS, body: page },
};

const TAG = `"${createHash('sha256').update(page).digest('base64url')}"`;

/**
 * Only the scripts and styles of the page itself apply, and it sends requests only to the host that it came
 * from.
 */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashesOf('script')}`,
  `style-src ${hashesOf('style')}`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text is never read as markup, so a model's description of itself is safe.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The next deployment may change the page. Checking for a new page costs only an answer without a body.
  'cache-control': 'no-cache',
  // Weak, because a gateway may compress the page.
  etag: `W/${TAG}`,
};

/** CSP's hashes of the contents of all elements of one kind in the page. */
function hashesOf(element: 'script' | 'style'): string {
  const [, ...elements] = page.split(`<${element}>`);
  return elements
    .map((rest) => rest.split(`</${element}>`, 1)[0] as string)
    .map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join(' ');
}
