import { SeldonError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { Metadata } from '../../model/metadata.ts';
import type { Reply } from '../protocol.ts';
import { askedModel, versionsOf } from '../tensors/model-name.ts';
import { v2Ports } from '../tensors/v2-ports.ts';

/** Answers the paths of the endpoint `metadata` that are about one model. */
export function encodeMetadata(metadata: Metadata, request: HttpRequest, names: readonly string[]): Reply {
  const { model } = askedModel(request, { names, metadata });
  // A model may be called load.
  const [, change] = request.method === 'POST' ? (/\/((?:un)?load)\/?$/.exec(request.path) ?? []) : [];
  if (change !== undefined) {
    throw new SeldonError(
      'MICROSERVICE_NOT_IMPLEMENTED',
      `models cannot be ${change}ed: a function serves the model that it was deployed with`,
    );
  }
  return { body: JSON.stringify(describeModel(metadata, model)) };
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
