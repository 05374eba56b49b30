import type { PredictEvent } from '../../../test/support/predict-event.ts';
import { FEATURES } from '../../lib/arithmetic.ts';
import { arrayMessage } from '../../lib/messages.ts';

const ROWS = 100;

/** How the tensor of a request comes, and how that of its answer is wanted. */
export interface V2Form {
  readonly datatype: 'FP32' | 'FP64' | 'INT64';
  readonly takes: 'json' | 'binary';
  readonly gives: 'json' | 'binary';
  /** Whether numbers have few digits, as those of a client that rounds; else those that numpy prints. */
  readonly isShort?: boolean;
  /** One row of four numbers in place of 100x784. */
  readonly isFlower?: boolean;
}

/** An event of `infer`, and the same numbers as a JSON text: what JSON.parse and JSON.stringify are given. */
export interface V2Request {
  readonly event: PredictEvent;
  readonly floorEvent: PredictEvent;
}

/** Makes the event of an HTTP API that calls `infer` of the model, without a content type where bytes come. */
export function inferEvent(form: V2Form, plain: PredictEvent): V2Request {
  const { datatype, takes, gives, isFlower = false } = form;
  const values = isFlower ? [5.1, 3.5, 1.4, 0.2] : numbersOf(form);
  const shape = isFlower ? [1, 4] : [ROWS, FEATURES];
  const bytes = takes === 'binary' ? bytesOf(values, datatype) : undefined;
  const json = Buffer.from(
    JSON.stringify({
      id: '1',
      ...(gives === 'binary' && { parameters: { binary_data_output: true } }),
      inputs: [
        {
          name: 'x',
          shape,
          datatype,
          ...(bytes ? { parameters: { binary_data_size: bytes.length } } : { data: values }),
        },
      ],
    }),
  );
  const path = '/v2/models/bench/infer';
  const sent = bytes === undefined ? json : Buffer.concat([json, bytes]);
  const whole = plain as PredictEvent & Record<string, Record<string, unknown>>;
  const { 'content-type': _type, ...headers } = whole.headers as Record<string, string>;
  const event = {
    ...whole,
    routeKey: 'POST /v2/models/{model}/infer',
    rawPath: path,
    pathParameters: { model: 'bench' },
    headers: {
      ...headers,
      'content-length': `${sent.length}`,
      ...(bytes
        ? { 'inference-header-content-length': `${json.length}` }
        : { 'content-type': 'application/json' }),
    },
    body: bytes ? sent.toString('base64') : json.toString(),
    isBase64Encoded: bytes !== undefined,
  };
  const text = JSON.stringify({ inputs: [{ name: 'x', shape, datatype, data: values }] });
  return { event, floorEvent: { ...plain, body: text } };
}

/** The same numbers as a client of each kind prints them. */
function numbersOf({ datatype, isShort = false }: V2Form): number[] {
  const message = arrayMessage('tensor', ROWS) as { data: { tensor: { values: number[] } } };
  const { values } = message.data.tensor;
  if (datatype === 'INT64') {
    return values.map((value) => Math.floor(value * 1000));
  }
  return datatype === 'FP32' && !isShort ? values.map((value) => Math.fround(value)) : values;
}

function bytesOf(values: readonly number[], datatype: V2Form['datatype']): Uint8Array {
  const data =
    datatype === 'INT64'
      ? BigInt64Array.from(values, BigInt)
      : datatype === 'FP32'
        ? Float32Array.from(values)
        : Float64Array.from(values);
  return new Uint8Array(data.buffer);
}
