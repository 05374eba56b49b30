import { fraction, type Template } from './template.ts';

/** A router that learns: which of two children a request goes to. */
export const router: Template = {
  endpoint: 'route',
  source: (name) => `import { type Model, type NdArray, SeldonError } from 'seldon-lambda';

/** Routes to the child with the highest sum of rewards; the first one until there are any. */
export class ${name} implements Model {
  private rewards = [0, 0];

  route(): number {
    return this.rewards.indexOf(Math.max(...this.rewards));
  }

  /** \`routing\`: the child that answered the request. */
  sendFeedback(_X: NdArray, _names: string[], reward: number, _truth: NdArray, routing?: number): void {
    if (routing === undefined || this.rewards[routing] === undefined) {
      throw new SeldonError('MICROSERVICE_BAD_DATA', \`routing is \${routing}; expected 0 or 1\`);
    }
    this.rewards[routing] += reward;
  }

  /** The state is stored where STATE_URL says. */
  getState() {
    return { rewards: this.rewards };
  }

  setState({ rewards }: { rewards: number[] }): void {
    this.rewards = rewards;
  }
}
`,
  contract: {
    features: [fraction('x1'), fraction('x2')],
    targets: [{ name: 'branch', ftype: 'categorical', values: [0, 1] }],
  },
  test: (name) => `const environment = { PREDICTIVE_UNIT_ID: 'router' };
const ROW = [[0.1, 0.2]];
const feedback = (child: number) => ({
  request: { data: { ndarray: ROW } },
  response: { meta: { routing: { router: child } } },
  reward: 1,
});

test('routes to the child with the rewards', async () => {
  const model = serve(${name}, { environment });
  const before = await model.route(ROW);
  assert.deepEqual(before.message.data?.ndarray, [[0]]);
  const { status } = await model.sendFeedback(feedback(1));
  assert.equal(status, 200);
  const after = await model.route(ROW);
  assert.deepEqual(after.message.data?.ndarray, [[1]]);
});

test('refuses feedback for a child that is not there', async () => {
  const model = serve(${name}, { environment });
  const { status } = await model.sendFeedback(feedback(2));
  assert.equal(status, 400);
});
`,
};
