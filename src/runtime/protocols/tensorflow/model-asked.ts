import type { HttpRequest } from '../../http/request.ts';
import type { UnitDescription } from '../protocol.ts';
import { askedModel, versionsOf } from '../tensors/model-name.ts';
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
 * @throws SeldonError MICROSERVICE_NOT_FOUND for a model or a version that is not the one that is served.
 */
export function calledModel({ params, path }: HttpRequest, description: UnitDescription): AskedModel {
  const verb = verbOf(path);
  if (params === undefined || verb === undefined) {
    return statusModel({ params }, description);
  }
  const { model = '', version } = params;
  const name = (version ?? model).slice(0, -verb.length);
  return statusModel(
    { params: version === undefined ? { model: name } : { model, version: name } },
    description,
  );
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
