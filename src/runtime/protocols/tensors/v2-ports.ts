import type { Datatype } from '../../arrays/datatypes.ts';
import type { Metadata } from '../../model/metadata.ts';
import { isRecord } from '../../objects.ts';
import { namedTensors } from './ports.ts';

type SeldonPort = Metadata['inputs'][number];

/** An input or output as the Open Inference Protocol describes it; -1 is a length that varies. */
export interface V2Port {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/**
 * The inputs or outputs of a model's metadata; a kind of message of the model's own is left out.
 *
 * @param direction - the word for those without a name: `input-0`.
 */
export function v2Ports(ports: readonly SeldonPort[], direction: 'input' | 'output'): readonly V2Port[] {
  return ports.flatMap((port, index) => toPort(port, `${direction}-${index}`));
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
    const { name = defaultName, datatype = 'FP64', shape = [-1], ...rest } = port as Partial<V2Port>;
    return [{ name, datatype, shape, ...rest }];
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
