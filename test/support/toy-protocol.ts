import { fromData, type NdArray } from '../../src/runtime/arrays/ndarray.ts';
import { badData } from '../../src/runtime/errors.ts';
import { readBytes } from '../../src/runtime/http/body.ts';
import type { Protocol } from '../../src/runtime/protocols/protocol.ts';

/** A wire protocol to try the contract with: doubles, little endian, both ways; errors as text. */
export const toy: Protocol = {
  name: 'toy',
  paths: {
    predict: { '/toy/{model}/call': ['POST'] },
    ping: { '/toy/live': ['GET'] },
    metadata: { '/toy/{model}': ['GET'] },
  },
  matches: ({ path }) => /(^|\/)toy\//.test(path),
  serviceOf: (path) => (path.endsWith('/call') ? 'predictions' : undefined),
  encodeError: ({ message, status }) => ({
    body: `toy says no: ${message}`,
    headers: { 'content-type': 'text/x-toy', 'x-toy-status': String(status) },
  }),
  // All of it: another protocol loads this part when it is needed.
  wire: async () => ({
    read: {
      async message(request) {
        const bytes = Buffer.from(await readBytes(request));
        if (bytes.length === 0 || bytes.length % 8 !== 0) {
          throw badData(`expected doubles, got ${bytes.length} bytes`);
        }
        const numbers = Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(8 * index));
        const features = fromData(Float64Array.from(numbers));
        return {
          decode: async () => ({
            input: { features, names: [], meta: undefined },
            encode: async ({ payload }) => ({
              body: new Uint8Array(Float64Array.from((payload as NdArray<'float64'>).data).buffer),
              headers: { 'content-type': 'application/x-toy', 'x-toy-model': request.params?.model ?? '' },
              status: 201,
            }),
          }),
        };
      },
    },
    encodeLive: () => ({ body: 'alive', headers: { 'content-type': 'text/x-toy' } }),
    encodeMetadata: ({ versions }, { params }) => ({ body: JSON.stringify({ is: params?.model, versions }) }),
  }),
};
