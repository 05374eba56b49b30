/** Headers with names in lower case. */
export type HeaderMap = Readonly<Record<string, string>>;

/**
 * Headers by their names in lower case.
 *
 * @throws TypeError for a name or a value that no header can have; fetch would show the value.
 */
export function readHeaders(headers: HeaderMap = {}): HeaderMap {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => readHeader(name, value)));
}

function readHeader(name: string, value: unknown): readonly [name: string, value: string] {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new TypeError(`headers: no header can have the name ${JSON.stringify(name)}`);
  }
  if (typeof value !== 'string' || !/^[\t -~\x80-\xff]*$/.test(value)) {
    throw new TypeError(
      `the header ${name}: expected a text without line breaks, of characters up to U+00FF`,
    );
  }
  return [name.toLowerCase(), value];
}

/** The values of headers that have credentials, by their names; also without their scheme, as `Basic`. */
export function secretsIn(headers: HeaderMap): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    SECRET.test(name) && name !== 'idempotency-key' ? [value, value.replace(/^\w+ /, '')] : [],
  );
}

const SECRET = /auth|cookie|key|token|secret/;
