/**
 * Hides the user and the password in a URL, for messages: `redis://user:secret@host/0` becomes
 * `redis://***@host/0`.
 *
 * Everything up to the last `@` is hidden, even if that takes the host along. Parsing would not be safer: a
 * password may contain `/`, `?`, `#` and `@`, and then a parser takes a part of it for the host or the path.
 */
export function withoutCredentials(url: string): string {
  return url.replace(/^([^:/@]*:)?(\/\/)?.*@/s, '$1$2***@');
}
