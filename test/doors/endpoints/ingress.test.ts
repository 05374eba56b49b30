import { afterEach, describe, expect, test, vi } from 'vitest';
import { apiGatewayV1, apiGatewayV2 } from '../../support/events.ts';
import { deploy } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const message = '{"data":{"ndarray":[[1,2.5],[3,4]]}}';
const feedback = '{"request":{"data":{"ndarray":[[1]]}},"response":{},"reward":1}';

describe.each([
  ['an HTTP API', apiGatewayV2],
  ['a REST API', apiGatewayV1],
])("a path of Seldon's ingress, behind %s,", (_name, source) => {
  test.each([
    ['POST', '/seldon/iris-ns/iris', '/api/v1.0/predictions', message],
    ['POST', '/seldon/iris-ns/iris', '/api/v0.1/predictions', message],
    ['POST', '/seldon/iris', '/api/v1.0/predictions', message],
    ['POST', '/seldon/iris-ns/iris', '/api/v1.0/feedback', feedback],
    ['POST', '/seldon/iris-ns/iris', '/api/v0.1/feedback', feedback],
    ['POST', '/seldon/iris', '/api/v1.0/feedback', feedback],
    ['POST', '/seldon/a%20b/api', '/api/v1.0/predictions', message],
    ['GET', '/seldon/iris-ns/iris', '/api/v1.0/metadata', undefined],
    ['GET', '/seldon/iris-ns/iris', '/api/v1.0/health/status', undefined],
    ['GET', '/seldon/iris-ns/iris', '/api/v1.0/doc', undefined],
  ])('%s %s%s answers as without its prefix', async (method, prefix, path, body) => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    const request = { method, ...(body === undefined ? {} : { body }) };
    const answer = await send({ ...request, path: prefix + path }, source);
    const plain = await send({ ...request, path }, source);
    expect(answer).toMatchObject({ status: 200, body: plain.body });
    // The client of the ingress asks with a wrong method: refused as without the prefix.
    expect(await send({ method: 'PUT', path: prefix + path }, source)).toMatchObject({ status: 405 });
  });

  test.each([
    '/seldon/ns/iris/predict',
    '/seldon/ns/iris/api/v1.0/explain',
    '/seldon//iris/api/v1.0/metadata',
  ])('%s does not exist', async (path) => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    expect(await send({ method: 'POST', path, body: message }, source)).toMatchObject({ status: 404 });
  });
});
