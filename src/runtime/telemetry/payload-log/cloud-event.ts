import { isJsonType } from '../../http/media-type.ts';

/** A CloudEvent of version 1.0, before it is put on a wire. */
export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: string;
  /** Names in lower case; none is empty. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly data: string | Uint8Array;
}

/**
 * The headers of an event in binary mode, where the body is its data.
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
 * An event as one JSON text.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function toJson({ extensions, data, ...own }: CloudEvent): string {
  const attributes = JSON.stringify({ specversion: '1.0', ...own, ...extensions });
  // An answer 204 has no data, and no text of JSON is empty.
  return data.length === 0
    ? attributes
    : `${attributes.slice(0, -1)},${toDataMember(own.datacontenttype, data)}}`;
}

/**
 * JSON is a value of the event's own, with each number's digits as they were; other text is text, and bytes
 * are base64.
 */
function toDataMember(type: string, data: string | Uint8Array): string {
  if (typeof data !== 'string') {
    return `"data_base64":"${Buffer.from(data).toString('base64')}"`;
  }
  return `"data":${isJsonType(type) ? data : JSON.stringify(data)}`;
}
