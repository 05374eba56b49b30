import { isRecord } from '../../objects.ts';
import { OF_DATA_TYPE } from './data-types.ts';

/**
 * Reads what a model says of itself in TensorFlow Serving's words as metadata of Seldon's; anything else is
 * returned as it is. A signature counts as far as it can be read: a unit elsewhere may say anything.
 */
export function readSignature(answered: unknown): unknown {
  const { model_spec: spec, metadata } = isRecord(answered) ? answered : {};
  const signatures = memberOf(memberOf(metadata, 'signature_def'), 'signature_def');
  if (!isRecord(signatures)) {
    return answered;
  }
  const signature = signatures.serving_default ?? Object.values(signatures)[0];
  const { name, version } = isRecord(spec) ? spec : {};
  return {
    name,
    ...(version !== undefined && { versions: [version] }),
    inputs: portsOf(memberOf(signature, 'inputs')),
    outputs: portsOf(memberOf(signature, 'outputs')),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function portsOf(tensors: unknown): object[] {
  return Object.entries(isRecord(tensors) ? tensors : {}).flatMap(([name, tensor]) => {
    const datatype = OF_DATA_TYPE.get(memberOf(tensor, 'dtype'));
    const dim = memberOf(memberOf(tensor, 'tensor_shape'), 'dim');
    return datatype === undefined
      ? []
      : [
          {
            name,
            datatype,
            shape: Array.isArray(dim) ? dim.map((each) => Number(memberOf(each, 'size'))) : [-1],
          },
        ];
  });
}
