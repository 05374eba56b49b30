import type { Config } from '../config.ts';
import { toSeldonError } from '../errors.ts';
import { infoForCaller } from '../info-for-caller.ts';
import type { Invocation } from '../invocation.ts';
import type { Log } from '../log.ts';
import { readyModel } from './call.ts';
import { type Description, describeUnit, namesOf } from './description.ts';
import type { Unit } from './unit.ts';

/** A unit that is asked about. */
interface Asked {
  readonly unit: Unit;
  readonly instance: { readonly config: Config; readonly log: Log };
  readonly invocation: Invocation;
}

/** A unit whose model may not be there. */
interface TriedDescription extends Description {
  /** Why the model cannot be loaded, in words for callers; undefined: it can. */
  readonly unavailable?: string;
}

/** Describes a unit, or says why its model cannot be loaded. */
export async function tryDescribe({ unit, instance, invocation }: Asked): Promise<TriedDescription> {
  try {
    return await describeUnit(unit, await readyModel(unit, invocation), instance);
  } catch (thrown) {
    const { config, log } = instance;
    log.warn('the model is not available', { reason: toSeldonError(thrown).reason }, thrown);
    return { names: namesOf(unit), metadata: {}, unavailable: infoForCaller(thrown, config) };
  }
}
