import { SeldonError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { Metadata } from '../../model/metadata.ts';
import { isRecord } from '../../objects.ts';
import type { Reply } from '../protocol.ts';
import { namedTensors } from '../tensors/ports.ts';

export { encodeServer } from './server-metadata.ts';

import { askedModel, versionsOf } from './model-name.ts';

type SeldonPort = Metadata['inputs'][number];

/** An input or output as the protocol describes it; -1 is a length that varies. */
export interface V2Port {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

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
    inputs: inputs.flatMap((port, index) => toPort(port, `input-${index}`)),
    outputs: outputs.flatMap((port, index) => toPort(port, `output-${index}`)),
  };
}

/** The content types of the fields of a SeldonMessage that are no arrays. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  strData: 'str',
  binData: 'base64',
  jsonData: 'json',
};
const ARRAYS: readonly unknown[] = ['tensor', 'ndarray', 'tftensor'];

/** A port of the protocol; none for a kind of message of the model's own. */
function toPort(port: SeldonPort, defaultName: string): readonly V2Port[] {
  if (!('messagetype' in port)) {
    const { name = defaultName, datatype = 'FP64', shape = [-1] } = port as Partial<V2Port>;
    return [{ name, datatype, shape }];
  }
  const named = namedTensors(port);
  if (named !== undefined) {
    return named;
  }
  const { messagetype } = port;
  if (ARRAYS.includes(messagetype)) {
    const schema = 'schema' in port && isRecord(port.schema) ? port.schema : {};
    return [{ name: defaultName, datatype: 'FP64', shape: [-1, ...axesOf(schema)] }];
  }
  const type = CONTENT_TYPES[messagetype];
  return type === undefined
    ? []
    : [{ name: defaultName, datatype: 'BYTES', shape: [1], parameters: { content_type: type } }];
}

/**
 * The axes of an array after that of its rows. A leading 1 or -1 of several axes is that of the rows.
 */
function axesOf({ shape, names }: Readonly<Record<string, unknown>>): readonly number[] {
  if (!Array.isArray(shape)) {
    return Array.isArray(names) ? [names.length] : [];
  }
  const [first, ...others] = shape as readonly number[];
  return others.length > 0 && (first === 1 || first === -1) ? others : shape;
}
