import type { Binding } from '../bound-unit.ts';
import { implementations } from '../implementations/index.ts';

const PREFIX = 'implementation:';

/** Units that are code of this package. */
export const implementation: Binding = {
  name: 'implementation',
  matches: (target) => target.startsWith(PREFIX),
  async open(name, plan, host) {
    const { open } = await implementations.of(plan.target.slice(PREFIX.length));
    const code = open(name, plan, host);
    return { where: 'implementation', labels: undefined, prepare: async () => undefined, ...code };
  },
};
