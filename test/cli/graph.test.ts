import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromData, type NdArray, type Payload, SeldonError } from '../../src/index.ts';
import { createInstance } from '../../src/runtime/instance/instance.ts';
import { createHandler } from '../../src/runtime/lambda/handler.ts';
import { ENDPOINTS } from '../../src/testing/endpoints.ts';
import { lambdaContext } from '../support/events.ts';
import { inferenceGraph, node } from '../support/graph/inference-graph.ts';
import { unitOf } from '../support/graph/simple-graph.ts';
import { execute, type Machine } from '../support/graph/states.ts';
import { deployment, deploymentOf, unit } from '../support/graph-document.ts';
import { removeFolders } from '../support/project.ts';
import { quick, userFolder } from '../support/user-project.ts';

/** Of asl-validator, which has types for CommonJS only. */
type Validate = (definition: unknown) => { readonly isValid: boolean; readonly errors: readonly unknown[] };
const validate = createRequire(import.meta.url)('asl-validator') as Validate;

let folder: string;

beforeAll(() => {
  folder = userFolder();
  writeFileSync(join(folder, 'serverless.yml'), 'service: shop\nmodels: [First, lib.other.Second]\n');
});
afterAll(removeFolders, 60_000);

interface Asked {
  readonly args?: readonly string[];
  readonly nodes?: Readonly<Record<string, string>>;
}

/** Runs the command for a graph, whose units are functions if nothing else is said. */
async function ask(graph: unknown, { args = ['--asl'], nodes }: Asked = {}) {
  writeFileSync(join(folder, 'flow.json'), JSON.stringify(graph));
  const names = JSON.stringify(graph).match(/"name":"(\w+)"/g) ?? [];
  const all = names.map((text) => [text.slice(8, -1), `lambda:${text.slice(8, -1)}-*`]);
  const SELDON_GRAPH_NODES = JSON.stringify(
    nodes ?? Object.fromEntries(all.filter(([name]) => !OTHERS.has(`${name}`))),
  );
  return quick(folder, ['graph', 'flow.json', ...args], { SELDON_GRAPH_NODES });
}

/** Names of predictors, parameters, deployments and implementations. */
const OTHERS = new Set(['main', 'shop', 'ratioA', 'other', 'x', '0', '1', '2', 'default']);

/** The state machine of a graph. */
async function machineOf(graph: unknown, asked: Asked = {}) {
  const { code, text } = await ask(graph, asked);
  expect(code, text).toBe(0);
  const start = text.indexOf('{\n');
  const end = text.lastIndexOf('\n}') + 2;
  const machine = JSON.parse(text.slice(start, end)) as Machine;
  // It changes what it is given.
  expect(validate(structuredClone(machine)), text).toMatchObject({ isValid: true, errors: [] });
  return {
    machine,
    warnings: `${text.slice(0, start)}${text.slice(end)}`.trim().split('\n').filter(Boolean),
  };
}

const plus = (n: number) => (X: Payload) => {
  const { data, shape } = (X as NdArray).asType('float64');
  return fromData(
    data.map((value) => value + n),
    shape,
  );
};

const CLASSES: Readonly<Record<string, new () => object>> = {
  one: class {
    predict = plus(1);
    transformInput = plus(1);
  },
  ten: class {
    predict = plus(10);
    transformOutput = plus(10);
  },
  hundred: class {
    predict = plus(100);
  },
  /** The first number of a message is the route. */
  router: class {
    route = (X: Payload) => (X as NdArray).toFlat()[0] as number;
    aggregate(Xs: Payload[]) {
      return fromData(Float64Array.of(Xs.length), [1, 1]);
    }
  },
  sum: class {
    aggregate(Xs: Payload[]) {
      const numbers = Xs.map((X) => Number((X as NdArray).toFlat()[0]));
      return fromData(Float64Array.of(numbers.reduce((a, b) => 10 * a + b)), [1, 1]);
    }
  },
  bad: class {
    predict() {
      throw new SeldonError('TOO_OLD', 'the data is too old', { status: 422 });
    }
  },
};

/** Calls the function of a unit for a method directly, as `<unit>-<function>`. */
async function invoke(functionName: string, payload: unknown): Promise<unknown> {
  const [, name = '', endpoint = ''] = /^([a-z]+)-(.+)$/.exec(functionName) ?? [];
  const environment = { SELDON_LOG_LEVEL: 'ERROR', METRICS_EMF: 'false' };
  const settings = { ...unitOf(CLASSES[name] as new () => object), id: name };
  const instance = createInstance({ environment, units: [settings] });
  const load = ENDPOINTS[endpoint as keyof typeof ENDPOINTS];
  const handler = await createHandler([await load()], { instance });
  return handler(payload, lambdaContext());
}

const message = (...values: number[]) => ({ data: { ndarray: [values] } });

/** The numbers that an execution answers. `drawn`: by each draw. */
async function answerOf(machine: Machine, input: unknown, drawn: number[] = []): Promise<unknown> {
  const random = (start: number, end: number) => {
    const number = drawn.shift() as number;
    expect(number >= start && number < end).toBe(true);
    return number;
  };
  const answer = (await execute(machine, input, { invoke, random })) as ReturnType<typeof message>;
  return answer.data.ndarray;
}

describe('graph --asl prints a state machine that answers as the graph does', { timeout: 120_000 }, () => {
  test('of a chain, with a Task for each call', async () => {
    const graph = unit('ten', 'OUTPUT_TRANSFORMER', [unit('one', 'TRANSFORMER', [unit('hundred', 'MODEL')])]);
    const { machine, warnings } = await machineOf(deployment(graph));
    expect(Object.keys(machine.States)).toEqual([
      'transformInput one',
      'predict hundred',
      'transformOutput ten',
    ]);
    expect(machine.States['predict hundred']).toMatchObject({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'hundred-predict', 'Payload.$': '$' },
      OutputPath: '$.Payload',
      Next: 'transformOutput ten',
    });
    expect(warnings).toEqual([]);
    expect(await answerOf(machine, message(1, 2))).toEqual([[112, 113]]);
  });

  test('of a combiner, whose children run in parallel', async () => {
    const children = [unit('one', 'MODEL', [unit('one', 'MODEL')]), unit('ten', 'MODEL')];
    const { machine } = await machineOf(deployment(unit('sum', 'COMBINER', children)));
    expect(machine.States['aggregate sum']).toMatchObject({
      Parameters: { FunctionName: 'sum-aggregate', Payload: { 'seldonMessages.$': '$' } },
    });
    expect(await answerOf(machine, message(1))).toEqual([[10 * 3 + 11]]);
  });

  test('of children that nobody combines: the first answer counts', async () => {
    const children = [unit('ten', 'MODEL'), unit('hundred', 'MODEL')];
    const { machine } = await machineOf(deployment(unit('one', 'MODEL', children)));
    expect(await answerOf(machine, message(1))).toEqual([[12]]);
  });

  test.each([
    ['the first child', 0, [[1]]],
    ['the second child', 1, [[11 + 10]]],
    ['all children, of which the first answers', -1, [[0]]],
    ['none', -2, [[-2]]],
  ])('of a router that chooses %s', async (_, route, expected) => {
    const second = unit('ten', 'MODEL', [unit('ten', 'MODEL')]);
    const { machine } = await machineOf(deployment(unit('router', 'ROUTER', [unit('one', 'MODEL'), second])));
    expect(await answerOf(machine, message(route))).toEqual(expected);
    const tensor = { data: { tensor: { shape: [1, 1], values: [route] } } };
    const answer = await execute(machine, tensor, { invoke, random: () => 0 });
    expect(answer).toMatchObject({ data: { tensor: { values: expected[0] } } });
  });

  test.each([
    [0, [[1]]],
    [-1, [[2]]],
    [-2, [[-2]]],
  ])('of a router that also combines, with the route %i', async (route, expected) => {
    const graph = unit('router', 'ROUTER', [unit('one', 'MODEL'), unit('ten', 'MODEL')], {
      methods: ['AGGREGATE'],
    });
    const { machine } = await machineOf(deployment(graph));
    expect(await answerOf(machine, message(route))).toEqual(expected);
  });

  test('of a route that is no child, and of a unit that fails, by the reason', async () => {
    const graph = deployment(unit('router', 'ROUTER', [unit('bad', 'MODEL'), unit('one', 'MODEL')]));
    const { machine } = await machineOf(graph);
    await expect(answerOf(machine, message(2))).rejects.toMatchObject({
      name: 'GRAPH_BAD_ROUTE',
      message: 'router router answered no route; expected -2 (none), -1 (all) or 0 to 1',
    });
    await expect(answerOf(machine, message(0))).rejects.toMatchObject({ name: 'TOO_OLD' });
  });

  test('of an A/B test and of weights, by a draw', async () => {
    const children = [unit('one', 'MODEL'), unit('ten', 'MODEL'), unit('hundred', 'MODEL')];
    const parameters = (values: Record<string, number>) =>
      Object.entries(values).map(([name, value]) => ({ name, value: String(value), type: 'FLOAT' }));
    const ab = { implementation: 'RANDOM_ABTEST', parameters: parameters({ ratioA: 0.25 }) };
    const { machine, warnings } = await machineOf(deployment(unit('x', undefined, children.slice(0, 2), ab)));
    expect(await answerOf(machine, message(1), [249_999])).toEqual([[2]]);
    expect(await answerOf(machine, message(1), [250_000])).toEqual([[11]]);
    expect(warnings).toEqual([
      'warning: x: each execution draws anew, and no caller gets the same child again',
    ]);
    const weights = { implementation: 'WEIGHTED', parameters: parameters({ 0: 1, 1: 0, 2: 3 }) };
    const weighted = await machineOf(deployment(unit('x', undefined, children, weights)));
    expect(await answerOf(weighted.machine, message(1), [249_999])).toEqual([[2]]);
    expect(await answerOf(weighted.machine, message(1), [250_000])).toEqual([[101]]);
    // A child without a weight is never called.
    expect(Object.keys(weighted.machine.States)).not.toContain('predict ten');
    const simple = await machineOf(
      deployment(unit('x', undefined, children, { implementation: 'SIMPLE_ROUTER' })),
    );
    expect(await answerOf(simple.machine, message(1))).toEqual([[2]]);
  });

  test('of a unit without a call: the message passes it', async () => {
    const { machine } = await machineOf(deployment(unit('sum', 'COMBINER')));
    expect(await answerOf(machine, message(1))).toEqual([[1]]);
  });
});

describe('graph --asl', { timeout: 120_000 }, () => {
  const functionsOf = ({ States }: Machine) =>
    Object.values(States).flatMap(
      ({ Parameters }) => (Parameters as { FunctionName?: string })?.FunctionName ?? [],
    );
  const chain = deployment(unit('a', 'TRANSFORMER', [unit('b', 'MODEL')]));

  beforeAll(async () => {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(folder, 'models/lib'), { recursive: true });
    writeFileSync(join(folder, 'models/First.ts'), 'export class First { predict() {} }');
    writeFileSync(join(folder, 'models/Third.ts'), 'export class Third { predict() {} }');
    writeFileSync(join(folder, 'models/lib/other.ts'), 'export class Second { predict() {} }');
  });

  test('calls the functions that serverless.yml gives the classes, or those of --stack', async () => {
    const nodes = { a: 'lib.other.Second', b: 'First' };
    const { machine } = await machineOf(chain, { nodes });
    expect(functionsOf(machine)).toEqual(['shop-dev-lib-other-second-transform-input', 'shop-dev-predict']);
    const prod = await machineOf(chain, { nodes, args: ['--asl', '--stack', 'shop-prod'] });
    expect(functionsOf(prod.machine)).toEqual([
      'shop-prod-lib-other-second-transform-input',
      'shop-prod-predict',
    ]);
  });

  test.each(['', 'a b', 'shop-prod*', 'x'.repeat(64), 'é'])('refuses --stack %j', async (stack) => {
    const { code, text } = await ask(chain, { args: ['--asl', '--stack', stack] });
    expect(text).toMatch(/^--stack is ".*"; expected service and stage, such as shop-prod: /);
    expect(text).not.toContain('FunctionName');
    expect(code).toBe(2);
  });

  test.each([
    ['--predictor', 'main'],
    ['--stack', 'shop-prod'],
  ])('is what %s is for', async (option, value) => {
    expect(await ask(chain, { args: [option, value] })).toMatchObject({
      code: 2,
      text: `${option} is for a state machine; expected --asl, too\n`,
    });
  });

  test('calls functions by alias and by ARN', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:b:live';
    const { machine } = await machineOf(chain, { nodes: { a: 'lambda:a-*:live', b: arn } });
    expect(functionsOf(machine)).toEqual(['a-transform-input:live', arn]);
  });

  test('says what the state machine does not do', async () => {
    const child = unit('b', 'MODEL', [], {
      logger: { mode: 'all', url: 'https://log' },
      parameters: [{ name: 'scale', value: '2', type: 'INT' }],
    });
    const graph = deploymentOf([
      { name: 'main', graph: child, annotations: { 'seldon.io/rest-timeout': '1500' } },
      { name: 'other', graph: unit('b'), shadow: true },
    ]);
    const { machine, warnings } = await machineOf(graph, { nodes: { b: 'First' } });
    expect(machine.States['predict b']).toMatchObject({ TimeoutSeconds: 2 });
    expect(warnings).toEqual([
      'warning: only the predictor main is called, and none of other',
      'warning: b: the function has its own parameters and MODEL_URI, not those of the graph',
      'warning: b: no payload is logged, unless the function itself does it',
      'warning: the time of a call is 2 s, as it is in whole seconds',
    ]);
  });

  test.each<[string, unknown, Record<string, string>, string]>([
    [
      'a URL',
      chain,
      { a: 'lambda:a-*', b: 'https://host/b' },
      'the unit b is "https://host/b", which is no function; expected one: bind the unit to it by SELDON_GRAPH_NODES',
    ],
    [
      'one function for all paths, but for predictions',
      chain,
      { a: 'lambda:a', b: 'lambda:b' },
      'the unit a is "lambda:a", one function for all paths, of which a direct invocation is a prediction, and not ' +
        'transform-input; expected a function for each, such as lambda:name-*',
    ],
    [
      'a class without a function',
      chain,
      { a: 'lambda:a-*', b: 'Third' },
      'the unit b is the class Third, which has no function of its own; list it in models of serverless.yml, or ' +
        'bind the unit to a function by SELDON_GRAPH_NODES',
    ],
    [
      'a condition',
      deployment(
        unit('x', undefined, [unit('a'), unit('b')], {
          implementation: 'SWITCH',
          parameters: [
            { name: '0', value: 'strData', type: 'STRING' },
            { name: 'default', value: '1', type: 'INT' },
          ],
        }),
      ),
      { a: 'lambda:a-*', b: 'lambda:b-*' },
      'the unit x is SWITCH, which looks into messages by code of this package: no state machine has it; expected ' +
        'a class with route(), or one of SIMPLE_ROUTER, RANDOM_ABTEST, WEIGHTED',
    ],
    [
      'code of this package',
      deployment(unit('x', undefined, [unit('a')], { implementation: 'AVERAGE_COMBINER' })),
      { a: 'lambda:a-*' },
      'the unit x is AVERAGE_COMBINER, code of this package, which no function and no state does; make it a class ' +
        'with a function, or leave it out',
    ],
    [
      'children that may fail',
      deployment(unit('c', 'COMBINER', [unit('a'), unit('b')]), {
        annotations: { 'seldon-lambda.io/optional.b': 'true' },
      }),
      { a: 'lambda:a-*', b: 'lambda:b-*', c: 'lambda:c-*' },
      'the unit c does without children that fail, which no state machine can say; expected no annotation ' +
        'seldon-lambda.io/optional.b',
    ],
    [
      'another protocol',
      inferenceGraph({ root: node('Sequence', { serviceName: 'a' }) }),
      { a: 'lambda:a-*' },
      'flow.json: the protocol is tensorflow; expected that of Seldon, whose messages go from one function to the ' +
        'next as they are',
    ],
    [
      'several predictors',
      deploymentOf([
        { name: 'main', graph: unit('a'), traffic: 50 },
        { name: 'other', graph: unit('a'), traffic: 50 },
      ]),
      { a: 'lambda:a-*' },
      'flow.json: several predictors answer; expected --predictor with one of main, other',
    ],
    [
      'routers below routers without an end',
      deployment(
        Array.from({ length: 20 }).reduce<object>(
          (below) => unit('a', 'ROUTER', [below, unit('b')]),
          unit('b'),
        ),
      ),
      { a: 'lambda:a-*', b: 'lambda:b-*' },
      'the graph has too many states for one state machine, whose definition has at most 1 MB: what is below a ' +
        'router is there for each of its routes, and once more for all of them',
    ],
  ])('refuses %s', async (_, graph, nodes, expected) => {
    const { code, text } = await ask(graph, { nodes });
    expect(text).toBe(`${expected}\n`);
    expect(code).toBe(2);
  });

  test('prints that of the predictor that is named', async () => {
    const graph = deploymentOf([
      { name: 'main', graph: unit('a'), traffic: 50 },
      { name: 'other', graph: unit('b'), traffic: 50 },
    ]);
    const { machine } = await machineOf(graph, {
      nodes: { a: 'lambda:a-*', b: 'lambda:b-*' },
      args: ['--asl', '--predictor', 'other'],
    });
    expect(functionsOf(machine)).toEqual(['b-predict']);
  });
});

test('graph says where units run, and refuses a folder without a graph', { timeout: 120_000 }, async () => {
  const nodes = { a: 'lambda:a-*', b: 'https://host' };
  const { code, text } = await ask(deployment(unit('a', 'ROUTER', [unit('b')]), { replicas: 2 }), {
    nodes,
    args: [],
  });
  expect(code).toBe(0);
  expect(text).toContain(
    [
      'the graph shop of flow.json',
      '  main: 100 % of the requests',
      '    a  ROUTER  lambda:a-*    by SELDON_GRAPH_NODES',
      '    b  MODEL   https://host  by SELDON_GRAPH_NODES',
      '',
    ].join('\n'),
  );
  expect(text).toContain('warning: ignored, as only Kubernetes needs it: replicas\n');
  expect(await quick(folder, ['graph'])).toMatchObject({
    code: 2,
    text: 'there is no graph; expected its file, or graph.yaml in this folder\n',
  });
  expect(await quick(folder, ['graph', 'nowhere.yaml'])).toMatchObject({
    code: 2,
    text: `there is no file ${join(folder, 'nowhere.yaml')}; expected that of a graph\n`,
  });
});
