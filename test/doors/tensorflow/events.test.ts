import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../../support/functions.ts';
import { senderTo } from '../../support/tensor-fuzz.ts';

const MODEL_DIR = new URL('../../models/lifecycle', import.meta.url).pathname;
const EVENT = {
  specversion: '1.0',
  id: 'e1',
  source: 'test',
  type: 'x',
  time: '2026-11-30T00:00:00Z',
  data: { instances: [[1, 2]] },
};
const STRUCTURED = { 'content-type': 'application/cloudevents+json', 'seldon-puid': 'p1' };
const BINARY = {
  'content-type': 'application/json',
  'seldon-puid': 'p "é',
  'ce-specversion': '1.0',
  'ce-id': 'e1',
  'ce-source': 'test',
  'ce-type': 'x',
};
const ANSWERED = {
  specversion: '1.0',
  id: 'p1',
  source: 'io.kserve.inference.m',
  type: 'io.kserve.inference.response',
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
};

let functions: Deployment;

beforeAll(() => {
  functions = deploy({ MODEL_DIR, MODEL_NAME: 'Everything', MODEL_METADATA: '{"name":"m"}' });
});

afterAll(() => vi.unstubAllEnvs());

const send = senderTo(() => functions, '/v1/models/m:predict');

describe.each([false, true])('a CloudEvent, through a REST API: %s', (isRest) => {
  test.each([
    ['application/cloudevents+json', EVENT],
    ['application/cloudevents+json; charset=utf-8', { ...EVENT, time: undefined }],
    ['Application/CloudEvents+JSON', { ...EVENT, specversion: '0.3', data: { inputs: [[1, 2]] } }],
  ])('of the content type %s is answered with one', async (type, event) => {
    const body = JSON.stringify(event);
    const { status, headers, text } = await send({
      body,
      headers: { ...STRUCTURED, 'content-type': type },
      isRest,
    });
    expect([status, headers['content-type']]).toEqual([200, 'application/cloudevents+json']);
    const data = 'inputs' in event.data ? { outputs: [[1, 2]] } : { predictions: [[1, 2]] };
    expect(JSON.parse(text)).toEqual({ ...ANSWERED, datacontenttype: 'application/json', data });
  });

  test('whose attributes are headers is answered with headers', async () => {
    const { status, headers, text } = await send({ body: '{"instances":[[1,2]]}', headers: BINARY, isRest });
    expect([status, text]).toEqual([200, '{"predictions":[[1,2]]}']);
    const own = Object.fromEntries(Object.entries(ANSWERED).map(([name, value]) => [`ce-${name}`, value]));
    expect(headers).toMatchObject({ ...own, 'ce-id': 'p%20%22%C3%A9', 'content-type': 'application/json' });
  });

  test('of another content type is read, and answered without one', async () => {
    const { status, text } = await send({ body: JSON.stringify(EVENT), isRest });
    expect([status, text]).toEqual([200, '{"predictions":[[1,2]]}']);
  });
});

test.each([
  [
    { ...EVENT, data: undefined },
    'the request: a CloudEvent has specversion, id, source, type, data; this one lacks data',
  ],
  [
    { specversion: '1.0' },
    'the request: a CloudEvent has specversion, id, source, type, data; this one lacks id, source, type, data',
  ],
  [
    { ...EVENT, data: '{"instances":[1]}' },
    /^the request: expected an object with instances or inputs, got /,
  ],
  [[EVENT], /^the request: expected an object with instances or inputs, got /],
])('%j is refused', async (event, error) => {
  const { status, headers, text } = await send({ body: JSON.stringify(event), headers: STRUCTURED });
  expect([status, headers['content-type']]).toEqual([400, 'application/json']);
  expect(JSON.parse(text)).toEqual({
    error: typeof error === 'string' ? error : expect.stringMatching(error),
    reason: 'MICROSERVICE_BAD_DATA',
  });
});

test('what is no event is answered as ever, whatever its content type is', async () => {
  const { status, headers, text } = await send({ body: '{"instances":[[1,2]]}', headers: STRUCTURED });
  expect([status, text, headers['content-type']]).toEqual([
    200,
    '{"predictions":[[1,2]]}',
    'application/json',
  ]);
});
