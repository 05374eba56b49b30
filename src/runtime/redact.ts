/** Schemes that are also written without slashes. Anything else before a colon may be a user. */
const SCHEMES = 'redis|rediss|https?|s3|dynamodb|file|memory|sqs|eventbridge|firehose';
const START = new RegExp(`^(?:(?:[^:/@]*:)?//|(?:${SCHEMES}):)?`);

/**
 * Hides the secrets in a URL, for logs: `redis://user:secret@host/0?password=secret` becomes
 * `redis://***@host/0?***`.
 *
 * Everything up to the last `@` is hidden, even if that takes the host along. Parsing would not be safer: a
 * password may contain `/`, `?`, `#` and `@`, and then a parser takes a part of it for the host or the path.
 * For the same reason everything is hidden after a `?`, `#`, `;`, `&` or `=`.
 */
export function withoutCredentials(url: string): string {
  const [start] = START.exec(url) as RegExpExecArray;
  const rest = url.slice(start.length);
  const at = rest.lastIndexOf('@');
  // The `@` may be a part of a value.
  if (/[?#;&][\w.-]+=/.test(rest.slice(0, Math.max(0, at)))) {
    return `${start}***`;
  }
  const shown = at < 0 ? rest : `***${rest.slice(at)}`;
  return start + shown.replace(/([?#;&=]).*/s, '$1***');
}
