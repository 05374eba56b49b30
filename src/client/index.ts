/**
 * Calls a served model, from Node and from browsers: `import { client } from 'seldon-lambda/client'`.
 * `client` speaks Seldon's protocol, `inferenceClient` the Open Inference Protocol.
 *
 * @example
 * import { client } from 'seldon-lambda/client';
 *
 * const iris = client('http://localhost:9000');
 * const { array } = await iris.predict([[5.1, 3.5, 1.4, 0.2]]);
 * array.names; // ['setosa', 'versicolor', 'virginica']
 * array.data; // Float64Array [0.97, 0.02, 2.2e-7]
 * @module
 */

export type { Datatype } from '../runtime/arrays/datatypes.ts';
export type { DType } from '../runtime/arrays/dtype.ts';
export type { NdArray } from '../runtime/arrays/ndarray.ts';
export type { Meta, Metric, SeldonMessage, Status } from '../runtime/model/message.ts';
export type { Metadata } from '../runtime/model/metadata.ts';
export { Answer, type NamedArray } from './answer.ts';
export type { ArrayForm } from './array-form.ts';
export { type Client, client } from './client.ts';
export { SeldonClientError } from './error.ts';
export type { FeedbackInput } from './feedback.ts';
export { InferAnswer } from './infer-answer.ts';
export type { InferInput } from './infer-input.ts';
export { InferOutput } from './infer-output.ts';
export type { RequestedOutput } from './infer-request.ts';
export {
  type InferenceCallOptions,
  type InferenceClient,
  type InferenceClientOptions,
  type InferOptions,
  inferenceClient,
  type ModelOptions,
} from './inference-client.ts';
export type { ModelMetadata, ServerMetadata, TensorMetadata } from './inference-metadata.ts';
export type { FlatArray, Input, MessageInput, NestedList, TypedArray } from './input.ts';
export type { CallOptions, ClientOptions, PayloadOptions, Sigv4Options } from './options.ts';
export type { AwsCredentials } from './sigv4.ts';
export type { TensorParameters } from './tensor.ts';
