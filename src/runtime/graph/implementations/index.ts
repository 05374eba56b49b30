import { graphError } from '../../graph-error.ts';
import type { Implementation } from './implementation.ts';

/** Loaded when a graph has one. */
const load: Readonly<Record<string, () => Promise<Implementation>>> = {
  RANDOM_ABTEST: async () => (await import('./random-abtest.ts')).randomAbtest,
  AVERAGE_COMBINER: async () => (await import('./average-combiner.ts')).averageCombiner,
  SIMPLE_MODEL: async () => (await import('./simple-model.ts')).simpleModel,
  SIMPLE_ROUTER: async () => (await import('./simple-router.ts')).simpleRouter,
  WEIGHTED: async () => (await import('./weighted.ts')).weighted,
  SWITCH: async () => (await import('./switch.ts')).switchRouter,
  CASCADE: async () => (await import('./cascade.ts')).cascade,
  // Of an InferenceGraph alone.
  KSERVE_SEQUENCE: async () => (await import('./kserve-sequence.ts')).kserveSequence,
  KSERVE_SWITCH: async () => (await import('./kserve-switch.ts')).kserveSwitch,
  KSERVE_ENSEMBLE: async () => (await import('./kserve-ensemble.ts')).kserveEnsemble,
};

/** Code of this package that a graph can have in place of units of its own. */
export const implementations = {
  /** @throws SeldonError GRAPH_BAD when there is none of this name. */
  async of(name: string): Promise<Implementation> {
    const found = Object.hasOwn(load, name) ? load[name] : undefined;
    if (found === undefined) {
      const expected = Object.keys(load).join(', ');
      throw graphError('GRAPH_BAD', `implementation ${name} does not exist; expected one of ${expected}`);
    }
    return found();
  },
};
