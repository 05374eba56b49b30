/** What GET /v2 says of the server. `version`: that of this package. */
export const SERVER = {
  name: 'seldon-lambda',
  version: '0.1.0',
  extensions: ['binary_tensor_data', 'classification', 'parameters'],
} as const;
