/**
 * The media type of a message with these headers, in lower case and without parameters; `''` without a
 * content type.
 */
export function mediaTypeOf(headers: Readonly<Record<string, string>>): string {
  const contentType = headers['content-type'] ?? '';
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** Whether a media type is JSON's, such as `application/json` or `application/problem+json`. */
export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || /^application\/.*\+json$/i.test(mediaType);
}
