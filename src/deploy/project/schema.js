// @ts-check
const VALUE = { anyOf: ['string', 'number', 'boolean', 'null'].map((type) => ({ type })) };
const SETTINGS = {
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      properties: {
        path: { type: 'string' },
        memory: { type: 'integer', minimum: 128, maximum: 10240 },
        timeout: { type: 'integer', minimum: 1, maximum: 29 },
        functions: { enum: ['needed', 'all', 'single'] },
        environment: { type: 'object', additionalProperties: VALUE },
      },
      additionalProperties: false,
    },
  ],
};

/** Members of serverless.yml that serverless itself does not know, as JSON Schema. */
export const TOP_LEVEL = {
  models: {
    anyOf: [
      { type: 'array', minItems: 1, items: { type: 'string' } },
      { type: 'object', minProperties: 1, additionalProperties: SETTINGS },
    ],
  },
  modelFolder: { type: 'string' },
  // In this order: serverless would make a text of false.
  graph: { anyOf: [{ const: false }, { type: 'string' }] },
};
