import type { HttpRequest } from '../../http/request.ts';
import type { Metadata } from '../../model/metadata.ts';
import type { Reply } from '../protocol.ts';
import { type V2Port, v2Ports } from '../tensors/v2-ports.ts';
import { DATA_TYPES } from './data-types.ts';
import { type AskedModel, statusModel } from './model-asked.ts';

/** Answers that a model is ready, with the members of KServe and those of TensorFlow Serving. */
export function encodeStatus({ model, versions }: AskedModel): Reply {
  const status = { error_code: 'OK', error_message: '' };
  return {
    body: JSON.stringify({
      name: model,
      ready: true,
      model_version_status: versions.map((version) => ({ version, state: 'AVAILABLE', status })),
    }),
  };
}

/** Answers the metadata of the model, with one signature; or the list of models. */
export function encodeMetadata(metadata: Metadata, request: HttpRequest, names: readonly string[]): Reply {
  const { model, versions } = statusModel(request, { names, metadata });
  if (request.params?.model === undefined) {
    return { body: JSON.stringify({ models: [model] }) };
  }
  const signature = {
    inputs: tensorsOf(v2Ports(metadata.inputs, 'input')),
    outputs: tensorsOf(v2Ports(metadata.outputs, 'output')),
    method_name: 'tensorflow/serving/predict',
    defaults: {},
  };
  return {
    body: JSON.stringify({
      model_spec: { name: model, signature_name: '', version: versions.at(-1) },
      metadata: { signature_def: { signature_def: { serving_default: signature } } },
    }),
  };
}

function tensorsOf(ports: readonly V2Port[]): object {
  return Object.fromEntries(
    ports.map(({ name, datatype, shape }) => [
      name,
      {
        dtype: DATA_TYPES[datatype],
        // TensorFlow has its 64-bit integers as texts.
        tensor_shape: { dim: shape.map((size) => ({ size: `${size}`, name: '' })), unknown_rank: false },
        name,
      },
    ]),
  );
}
