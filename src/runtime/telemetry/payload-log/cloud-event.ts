import { isJsonType } from '../../http/media-type.ts';

/** A CloudEvent of version 1.0, not yet in a wire format. */
export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: string;
  /** Values by name in lower case; no value is empty. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly data: string | Uint8Array;
}

/**
 * Makes the headers of an event in binary mode, where the body is the event's data.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function toHeaders({
  extensions,
  datacontenttype,
  data: _,
  ...own
}: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': datacontenttype, 'ce-specversion': '1.0' };
  for (const [name, value] of Object.entries({ ...own, ...extensions })) {
    headers[`ce-${name}`] = value.replace(/[^!-~]|["%]/gu, encode);
  }
  return headers;
}

function encode(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/**
 * Writes an event as one JSON text.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function toJson({ extensions, data, ...own }: CloudEvent): string {
  const attributes = JSON.stringify({ specversion: '1.0', ...own, ...extensions });
  // A 204 answer has no data, and empty text is not JSON.
  return data.length === 0
    ? attributes
    : `${attributes.slice(0, -1)},${toDataMember(own.datacontenttype, data)}}`;
}

/**
 * Writes the member with the data. JSON becomes part of the event, with the digits of each number unchanged;
 * other text becomes a string, and bytes become base64.
 */
function toDataMember(type: string, data: string | Uint8Array): string {
  if (typeof data !== 'string') {
    return `"data_base64":"${Buffer.from(data).toString('base64')}"`;
  }
  return `"data":${isJsonType(type) ? data : JSON.stringify(data)}`;
}
