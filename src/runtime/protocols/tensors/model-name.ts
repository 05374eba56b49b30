import { SeldonError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import { show } from '../../show.ts';
import type { UnitDescription } from '../protocol.ts';

/** The model that a request means. */
export interface Asked {
  /** As the request has it, or else the first of its names. */
  readonly model: string;
  /** As the request has it, or else the model's last; undefined without any. */
  readonly version: string | undefined;
}

/**
 * Finds out which model a request means.
 *
 * @throws SeldonError MICROSERVICE_NOT_FOUND for a model, or a version, that is not the one that is served.
 */
export function askedModel({ params }: Pick<HttpRequest, 'params'>, description: UnitDescription): Asked {
  const { names } = description;
  const model = params?.model;
  if (model !== undefined && !names.includes(model)) {
    throw notFound(`model ${show(model)} does not exist; this one is ${names.join(' or ')}`);
  }
  const versions = versionsOf(description);
  const version = params?.version;
  if (version !== undefined && !versions.includes(version)) {
    const there = versions.length === 0 ? 'the model has no versions' : `expected ${versions.join(' or ')}`;
    throw notFound(`version ${show(version)} of the model does not exist; ${there}`);
  }
  return { model: model ?? names[0] ?? 'model', version: version ?? versions.at(-1) };
}

/** Describes the unit that is called; the description is empty where nobody knows it. */
export function described(describe: (() => Promise<UnitDescription>) | undefined): Promise<UnitDescription> {
  return describe?.() ?? Promise.resolve({ names: [], metadata: {} });
}

/** The versions in the model's metadata. */
export function versionsOf({ metadata }: Pick<UnitDescription, 'metadata'>): readonly string[] {
  const { versions } = metadata;
  const isVersion = (version: unknown): version is string => typeof version === 'string' && version !== '';
  return Array.isArray(versions) ? versions.filter(isVersion) : [];
}

/** Makes the error for a path that does not exist. */
export function notFound(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_NOT_FOUND', info);
}
