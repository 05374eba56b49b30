/**
 * A text with `***` in the place of each secret: a host that refuses a signature or a token may repeat it.
 *
 * @param secrets - also found where the text is JSON.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const found = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // The longest first: one may be a part of another.
  const sorted = found.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return sorted.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
