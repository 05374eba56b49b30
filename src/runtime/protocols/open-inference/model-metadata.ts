import { SeldonError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { Metadata } from '../../model/metadata.ts';
import type { Reply } from '../protocol.ts';
import { askedModel, versionsOf } from '../tensors/model-name.ts';
import { v2Ports } from '../tensors/v2-ports.ts';

export { encodeServer } from './server-metadata.ts';

/** Answers the paths of the endpoint `metadata` that are about models. */
export function encodeMetadata(metadata: Metadata, request: HttpRequest, names: readonly string[]): Reply {
  const { model } = askedModel(request, { names, metadata });
  const [, last = ''] = /\/(models|index|load|unload)\/?$/.exec(request.path) ?? [];
  // A model may have one of these names.
  switch (request.params?.model === undefined || request.method === 'POST' ? last : '') {
    case 'models':
      return { body: JSON.stringify({ models: names.slice(0, 1) }) };
    case 'index':
      return { body: JSON.stringify(indexOf(metadata, model)) };
    case 'load':
    case 'unload':
      throw new SeldonError(
        'MICROSERVICE_NOT_IMPLEMENTED',
        `models cannot be ${last}ed: a function serves the model that it was deployed with`,
      );
    default:
      return { body: JSON.stringify(describeModel(metadata, model)) };
  }
}

/** The index of the model repository, with a row for each version of the model. */
function indexOf(metadata: Metadata, name: string): readonly object[] {
  const versions = versionsOf({ metadata });
  const rest = { state: 'READY', reason: '' };
  return versions.length === 0
    ? [{ name, ...rest }]
    : versions.map((version) => ({ name, version, ...rest }));
}

/** A model's metadata in the words of the protocol. */
export function describeModel(metadata: Metadata, name: string) {
  const { platform, inputs, outputs } = metadata;
  return {
    name,
    versions: versionsOf({ metadata }),
    platform,
    inputs: v2Ports(inputs, 'input'),
    outputs: v2Ports(outputs, 'output'),
  };
}
