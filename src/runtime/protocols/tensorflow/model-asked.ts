import type { HttpRequest } from '../../http/request.ts';
import type { UnitDescription } from '../protocol.ts';
import { askedModel, notFound, versionsOf } from '../tensors/model-name.ts';
import { verbOf } from './verbs.ts';

/** The model that a request means. */
export interface AskedModel {
  /** As the request has it, or else the first of its names. */
  readonly model: string;
  /** The version that is asked for, or all. A model without versions is the first. */
  readonly versions: readonly string[];
}

/**
 * Finds out which model a call means, by the path without its verb.
 *
 * @throws SeldonError MICROSERVICE_NOT_FOUND for a model or a version that is not the one that is served, and
 *   for a path without a verb.
 */
export function calledModel({ params, path }: HttpRequest, description: UnitDescription): AskedModel {
  if (params === undefined) {
    return statusModel({}, description);
  }
  const verb = verbOf(path);
  if (verb === undefined) {
    throw notFound(`${path} does not exist; a call ends in :predict`);
  }
  const last = params.version === undefined ? 'model' : 'version';
  const name = params[last]?.slice(0, -1 - verb.length);
  return statusModel({ params: { ...params, [last]: name ?? '' } }, description);
}

/** Finds out which model a question for the status or the metadata means. */
export function statusModel(
  request: Pick<HttpRequest, 'params'>,
  { names, metadata }: UnitDescription,
): AskedModel {
  const own = versionsOf({ metadata });
  const versions = own.length > 0 ? own : ['1'];
  const { model, version } = askedModel(request, { names, metadata: { ...metadata, versions } });
  return { model, versions: request.params?.version === undefined ? versions : [version as string] };
}
