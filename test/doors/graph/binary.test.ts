import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { NdArray } from '../../../src/index.ts';
import { binaryBody, bytesOf, elementsOf } from '../../support/binary-tensors.ts';
import { closeNodes, openHttpNodes } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

/** Answers the first number that it gets, and how many calls it has stored; it changes what it gets. */
class Spoils {
  static stateful = ['predict'] as const;
  calls = 0;

  predict(X: NdArray<'float64'>) {
    this.calls++;
    const [first = 0] = X.data;
    X.data.fill(-1);
    return [first, this.calls];
  }

  getState() {
    return this.calls;
  }

  setState(calls: number) {
    this.calls = calls;
  }
}

class Sees {
  predict(X: NdArray<'float64'>) {
    return [X.data[0] ?? 0, 0];
  }
}

class Lists {
  aggregate(Xs: NdArray[]) {
    return Xs.flatMap((X) => X.toFlat());
  }
}

const TREE = {
  name: 'lists',
  type: 'COMBINER',
  children: [
    { name: 'spoils', type: 'MODEL' },
    { name: 'sees', type: 'MODEL' },
  ],
};

/** Numbers of which a reader has views: they are many, and begin at a multiple of their width. */
const BODY = binaryBody([
  { name: 'x'.repeat(8), datatype: 'FP64', shape: [1024], bytes: bytesOf(new Float64Array(1024).fill(7)) },
]);

async function serve(stateUrl: string): Promise<ServedGraph> {
  const units = {
    lists: unitOf(Lists as never),
    spoils: { ...unitOf(Spoils), stateUrl },
    sees: unitOf(Sees),
  };
  return serveGraph(await graphPlan(TREE, { protocol: 'v2' }), units, { STATE_URL: stateUrl });
}

async function infer(
  served: ServedGraph,
  headers: Readonly<Record<string, string>>,
  request = BODY,
): Promise<unknown> {
  const answer = await served.send({
    method: 'POST',
    path: '/v2/models/infer',
    headers: { ...request.headers, ...headers },
    body: request.body,
  });
  return JSON.parse(Buffer.from(answer.body).toString()).outputs[0].data;
}

/** Answers what it gets as JSON text. */
class Shows {
  aggregate(Xs: NdArray[]) {
    return Xs.flatMap((X) =>
      X.toFlat().map((each) => JSON.stringify(each instanceof Uint8Array ? [...each] : each)),
    );
  }
}

class Answers {
  predict() {
    return [{ a: [1] }, 'b', null];
  }
}

test.each([false, true])('JSON values reach a combiner, also as bytes: %s', async (isBinary) => {
  const tree = { name: 'shows', type: 'COMBINER', children: [{ name: 'answers', type: 'MODEL' }] };
  const units = { shows: unitOf(Shows as never), answers: unitOf(Answers) };
  const served = await serveGraph(await graphPlan(tree, { protocol: 'v2' }), units);
  const inputs = [{ name: 'x', datatype: 'INT8', shape: [1], bytes: Uint8Array.of(1) }];
  const request = binaryBody(inputs, { parameters: { binary_data_output: isBinary } });
  expect(await infer(served, {}, request)).toEqual(['{"a":[1]}', '"b"', 'null']);
});

test('bytes that are no text reach a combiner as they are', async () => {
  const bytes = elementsOf(Uint8Array.of(0, 255, 195), 'é');
  const outputs = [
    { name: 'o', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: bytes.length } },
  ];
  const json = Buffer.from(JSON.stringify({ model_name: 'far', outputs }));
  const headers = {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': `${json.length}`,
  };
  const far = async () => ({ status: 200, headers, body: Buffer.concat([json, bytes]) });
  const urlOf = await openHttpNodes(new Map([['far', far]]));
  const tree = { name: 'shows', type: 'COMBINER', children: [{ name: 'far', type: 'MODEL' }] };
  const target = (name: string) => (name === 'far' ? urlOf(name) : `model:${name}`);
  const served = serveGraph(await graphPlan(tree, { protocol: 'v2', target }), {
    shows: unitOf(Shows as never),
  });
  expect(await infer(await served, {})).toEqual(['[0,255,195]', '[195,169]']);
});

test('the bytes of the numbers begin at a multiple of their width', () => {
  expect(Number(BODY.headers['inference-header-content-length']) % 8).toBe(0);
});

test.each([false, true])(
  'what a unit changes in its array reaches no other unit, and no repeated run; with keys: %s',
  async (hasKeys) => {
    const stateUrl = `memory://${randomUUID()}`;
    const served = await serve(stateUrl);
    const faster = await serve(stateUrl);
    const answers: unknown[] = [];
    // The unit of the last call runs on an older state first.
    for (const [index, each] of [served, faster, served].entries()) {
      answers.push(await infer(each, hasKeys ? { 'idempotency-key': `k${index}` } : {}));
    }
    expect(answers).toEqual([
      [7, 1, 7, 0],
      [7, 2, 7, 0],
      [7, 3, 7, 0],
    ]);
  },
);
