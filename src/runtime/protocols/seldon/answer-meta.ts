import { toJsonValue } from '../../json/write-json.ts';
import type { Meta } from '../../model/message.ts';
import { isPlainObject, isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import type { Answer, AnswerSettings } from '../protocol.ts';
import type { Carried } from './encode-answer.ts';

/**
 * Makes the meta of an answer: tags (the request's, then the model's, then the result's; later ones win),
 * metrics, puid and requestPath (the request's entries win over the unit's own). Empty fields are left out.
 *
 * @throws Error when `tags()` returned a value that is not an object.
 */
export function answerMeta(
  answer: Answer,
  { metas: requested, puid }: Carried,
  { unitPath, carriesMeta, showsMetrics }: AnswerSettings,
): Record<string, unknown> {
  const metas = carriesMeta ? requested : [];
  const meta: Record<string, unknown> = {};
  const tags = merge([...metas.map((each) => each.tags), ...answer.tags], 'tags');
  if (tags !== undefined) {
    meta.tags = toJsonValue(tags, 'meta.tags');
  }
  const own = showsMetrics ? answer.metrics : [];
  const metrics = [...metas.flatMap((each) => each.metrics ?? []), ...own];
  if (metrics.length > 0) {
    meta.metrics = toJsonValue(metrics, 'meta.metrics');
  }
  if (puid != null && puid !== '') {
    meta.puid = puid;
  }
  const path = merge([unitPath, ...metas.map((each) => each.requestPath)], 'requestPath');
  if (path !== undefined) {
    meta.requestPath = path;
  }
  return meta;
}

/** Merges objects; the result may be one of them. A loop with one copy: there may be thousands. */
function merge(parts: readonly unknown[], what: string): Readonly<Record<string, unknown>> | undefined {
  let first: Record<string, unknown> | undefined;
  let merged: Record<string, unknown> | undefined;
  for (const part of parts) {
    if (part == null) {
      continue;
    }
    if (!isPlainObject(part)) {
      throw new Error(`${what} are ${show(part)}; expected an object`);
    }
    if (isEmpty(part)) {
      continue;
    }
    if (first === undefined) {
      first = part;
    } else {
      // Without a prototype: a name may be `__proto__`.
      merged ??= Object.assign(Object.create(null) as Record<string, unknown>, first);
      Object.assign(merged, part);
    }
  }
  return merged ?? first;
}

function isEmpty(object: object): boolean {
  for (const _ in object) {
    return false;
  }
  return true;
}

/** Copies a request's meta and its fields, for a model that changes its arguments in place. */
export function copyMeta(meta: Meta): Meta {
  // Not by assignments: JSON may have a field `__proto__`, and assigning it would set the prototype.
  return Object.fromEntries(Object.entries(meta).map(([name, value]) => [name, copyOf(value)]));
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return [...value];
  }
  return isRecord(value) ? { ...value } : value;
}
