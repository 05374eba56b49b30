import { createHash } from 'node:crypto';
import page from '../../page/page.html';
import type { Endpoint } from '../instance/endpoint.ts';

/**
 * Answers /docs: one page for people, the same for every model; it reads /seldon.json, so the model is not
 * needed here.
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

/** Nothing but what is in the page runs, and it calls nobody but the host that it came from. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashesOf('script')}`,
  `style-src ${hashesOf('style')}`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes markup, whatever a model says about itself.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The next deployment may bring another page; asking for it costs an answer without a body.
  'cache-control': 'no-cache',
  // Weak: a gateway may compress it.
  etag: `W/${TAG}`,
};

/** CSP's names for what is inside of the page's elements of a kind. */
function hashesOf(element: 'script' | 'style'): string {
  const contents = page.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'));
  return [...contents]
    .map(
      ([, text]) =>
        `'sha256-${createHash('sha256')
          .update(text as string)
          .digest('base64')}'`,
    )
    .join(' ');
}
