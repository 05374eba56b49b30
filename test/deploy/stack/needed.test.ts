import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { ROUTES } from '../../../src/runtime/routes.ts';
import { apiGatewayV2, readResult } from '../../support/events.ts';
import { type Deployment, deploy } from '../../support/functions.ts';
import { documentOf } from '../../support/openapi.ts';
import { copyProject, removeFolders } from '../../support/project.ts';
import { serverless } from '../../support/stack.ts';

const CLASSES = {
  Scales: 'transformInput(X) { return X.toFlat().map((value) => 2 * value); }',
  Unscales: 'transformOutput(X) { return X.toFlat().map((value) => value / 2); }',
  Chooses: 'route() { return 1; }',
  Combines: 'aggregate(Xs) { return Xs[1]; }',
};
type Name = keyof typeof CLASSES;

let project: string;

beforeAll(() => {
  project = copyProject();
  for (const [name, method] of Object.entries(CLASSES)) {
    writeFileSync(join(project, `models/${name}.ts`), `// @ts-nocheck\nexport class ${name} { ${method} }\n`);
  }
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await removeFolders();
}, 60_000);

interface Printed {
  /** The functions by their paths. */
  readonly owners: ReadonlyMap<string, string>;
  readonly names: readonly string[];
  readonly functions: Deployment;
}

/** The functions of a class, as `functions=needed` leaves them. */
async function printed(name: Name): Promise<Printed> {
  const { code, text } = await serverless(project, ['print'], ['auth=none'], { MODEL_NAME: name });
  expect({ code, text }).toMatchObject({ code: 0 });
  const { functions } = parse(text) as {
    functions: Record<
      string,
      { events: { httpApi: string | { path: string } }[]; environment?: Record<string, string> }
    >;
  };
  const owners = Object.entries(functions).flatMap(([key, { events }]) =>
    events.map(({ httpApi }) => [typeof httpApi === 'string' ? httpApi : httpApi.path, key] as const),
  );
  const MODEL_DIR = join(project, 'models');
  return {
    owners: new Map(owners),
    names: Object.keys(functions),
    functions: deploy({ MODEL_NAME: name, MODEL_DIR, ...functions.openapi?.environment }),
  };
}

const TENSOR = { name: 'x', datatype: 'FP64', shape: [2], data: [1, 2] };
const V2 = { inputs: [TENSOR] };
const ANSWERS = [{ outputs: [TENSOR] }, { outputs: [{ ...TENSOR, data: [3, 4] }] }];
const PREDICTIONS = [{ predictions: [1, 2] }, { predictions: [3, 4] }];
const TWICE = { outputs: [{ data: [2, 4] }] };
const HALF = { outputs: [{ data: [0.5, 1] }] };

describe.each<[Name, own: string, calls: [path: string, body: object, answer: unknown][]]>([
  [
    'Scales',
    'transform-input',
    [
      ['/v2/models/Scales/infer', V2, TWICE],
      ['/v1/models/Scales:predict', { instances: [1, 2] }, { predictions: [2, 4] }],
    ],
  ],
  [
    'Unscales',
    'transform-output',
    [
      ['/v2/models/Unscales/infer', V2, HALF],
      ['/v1/models/Unscales:predict', { inputs: [1, 2] }, { outputs: [0.5, 1] }],
    ],
  ],
  [
    'Chooses',
    'route',
    [
      ['/v2/models/Chooses/route', V2, [1]],
      ['/v1/models/Chooses:route', { instances: [1, 2] }, [1]],
    ],
  ],
  [
    'Combines',
    'aggregate',
    [
      ['/v2/models/Combines/aggregate', ANSWERS, { outputs: [{ data: [3, 4] }] }],
      ['/v1/models/Combines:aggregate', PREDICTIONS, { predictions: [3, 4] }],
    ],
  ],
])('of the class %s, without predict,', (name, own, calls) => {
  let found: Printed;
  beforeAll(async () => {
    found = await printed(name);
  }, 60_000);

  /** Sends a request to the function that has its path in the API. */
  async function send(path: string, body?: object) {
    const { owners, functions } = found;
    const matches = (route: string) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
    const owner = owners.get([...owners.keys()].find(matches) ?? '*') as string;
    const method = body === undefined ? 'GET' : 'POST';
    const event = apiGatewayV2({ method, path, ...(body && { body: JSON.stringify(body) }) });
    const answer = readResult(await functions.invoke(owner, event));
    return { status: answer.status, json: JSON.parse(Buffer.from(answer.body).toString()) };
  }

  test('its own method has a function, and predict has the paths of the other protocols', () => {
    const ofMethods = ['predict', 'transform-input', 'transform-output', 'route', 'aggregate'];
    expect(found.names.filter((each) => ofMethods.includes(each)).sort()).toEqual([own, 'predict'].sort());
    const paths = [...found.owners].flatMap(([path, key]) => (key === 'predict' ? [path] : []));
    expect(paths).toContain('/v2/models/{model}/infer');
    expect(paths).toContain('/v1/models/{model}');
    for (const path of Object.keys(ROUTES.predict)) {
      expect(paths).not.toContain(path);
    }
  });

  test.each(calls)('%s is answered', async (path, body, answer) => {
    expect(await send(path, body)).toMatchObject({ status: 200, json: answer });
  });

  test('a client that asks whether it is ready is answered', async () => {
    expect(await send(`/v1/models/${name}`)).toMatchObject({ status: 200, json: { name, ready: true } });
    expect((await send(`/v2/models/${name}/ready`)).status).toBe(200);
  });

  test('the document lists the paths that the API has', async () => {
    const { paths } = await documentOf(found.functions);
    expect(Object.keys(paths).sort()).toEqual([...found.owners.keys()].filter((path) => path !== '*').sort());
  });
});

test('a class with predict keeps its paths', async () => {
  writeFileSync(
    join(project, 'models/Both.ts'),
    '// @ts-nocheck\nexport class Both { predict(X) { return X; } }',
  );
  const { owners } = await printed('Both' as Name);
  expect(owners.get('/predict')).toBe('predict');
  expect(owners.get('/v2/models/{model}/infer')).toBe('predict');
});
