import type { SeldonMessage } from '../../model/message.ts';
import { isRecord } from '../../objects.ts';

/**
 * Whether JSON is a message. It accepts the same JSON as the schema in `message-schema.ts`, which a property
 * test checks. Written by hand, so that zod is not loaded to answer a valid request.
 */
export function isSeldonMessage(json: unknown): json is SeldonMessage {
  return (
    isRecord(json) &&
    isAbsentOr(isMeta, json.meta) &&
    isAbsentOr(isData, json.data) &&
    isAbsentOr(isText, json.binData)
  );
}

function isMeta(json: unknown): boolean {
  return (
    isRecord(json) &&
    isAbsentOr(isPuid, json.puid) &&
    isAbsentOr(isRecord, json.tags) &&
    isAbsentOr(isRecord, json.routing) &&
    isAbsentOr(isRecord, json.requestPath) &&
    isAbsentOr(Array.isArray, json.metrics)
  );
}

function isData(json: unknown): boolean {
  return isRecord(json) && isAbsentOr(Array.isArray, json.names);
}

/** Whether JSON is a text or a number; some callers' JSON has NaN, which is not an id. */
export function isPuid(json: unknown): json is string | number | bigint {
  return isText(json) || typeof json === 'bigint' || Number.isFinite(json);
}

function isText(json: unknown): json is string {
  return typeof json === 'string';
}

function isAbsentOr(check: (json: unknown) => boolean, json: unknown): boolean {
  return json === undefined || json === null || check(json);
}
