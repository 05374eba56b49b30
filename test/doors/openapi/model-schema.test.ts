import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../../support/functions.ts';
import {
  documentOf,
  examplesOf,
  type Json,
  mediaTypesOf,
  nodesOf,
  type Operation,
  resolve,
  validatorOf,
} from '../../support/openapi.ts';

afterEach(() => vi.unstubAllEnvs());

const address = {
  type: 'object',
  required: ['city'],
  properties: { city: { type: 'string', minLength: 8 } },
};
const schemas: Record<string, Json> = {
  'with $defs': {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://a.example/person',
    type: 'object',
    required: ['home', 'ages'],
    properties: {
      home: { $ref: '#/$defs/address' },
      ages: { type: 'array', minItems: 2, items: { type: 'integer', exclusiveMinimum: 17 } },
      kind: { enum: ['a', 'b'] },
      friend: { anyOf: [{ type: 'null' }, { $ref: '#' }] },
    },
    $defs: { address, 'a/b~c': { const: 1 } },
  },
  'with definitions': { allOf: [{ $ref: '#/definitions/address' }], definitions: { address } },
  'that contains itself': { type: 'object', properties: { child: { $ref: '#' } } },
  'with an example': {
    type: 'object',
    required: ['x'],
    properties: { x: { pattern: '^[0-9]{3}$', type: 'string' } },
    examples: [{ x: '123' }],
  },
  'of a plain value': { type: 'number', minimum: 2.5 },
};

async function described(schema: Json) {
  const port = { messagetype: 'jsonData', schema };
  const MODEL_METADATA = JSON.stringify({ inputs: [port], outputs: [{ messagetype: 'strData' }, port] });
  return documentOf(deploy({ MODEL_NAME: 'Identity', MODEL_METADATA }));
}

describe.each(Object.entries(schemas))('the schema of a model’s jsonData, %s,', (_what, schema) => {
  test('has references that lead somewhere, also in the metadata', async () => {
    const document = await described(schema);
    const references = nodesOf(document).filter(({ $ref }) => typeof $ref === 'string');
    expect(references.filter((node) => resolve(document, node) === undefined)).toEqual([]);
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  test('describes the bodies of requests, with an example', async () => {
    const document = await described(schema);
    const validate = validatorOf(document);
    for (const { schema: own, example } of examplesOf(document)) {
      expect(validate(own, example), JSON.stringify(example)).toEqual([]);
    }
    const { schema: body } = mediaTypesOf(document, document.paths['/predict'].post as Operation)[
      'application/json'
    ] as { schema: Json };
    expect(validate(body, { jsonData: { home: 5, child: 5, x: 5 } })).not.toEqual([]);
    expect(validate(body, { strData: 'x' })).toEqual([]);
  });
});
