/**
 * Hides the user and the password in a URL, for messages: `redis://user:secret@host/0` becomes
 * `redis://***@host/0`.
 *
 * Only the part before the host is hidden: an `@` in the path does not hide the host. A text that is not a
 * valid URL, such as one whose password contains a `/`, is hidden up to its last `@`.
 */
export function withoutCredentials(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.host === '' && !parsed.pathname.startsWith('/'))) {
    return url.replace(/^([^:/]*:)?(\/\/)?.*@/s, '$1$2***@');
  }
  if (parsed.username === '' && parsed.password === '') {
    return url;
  }
  parsed.username = '***';
  parsed.password = '';
  return parsed.href;
}
