import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';

/** A unit that is code of this package, by Seldon's word for it. */
export interface Implementation {
  /** Makes a unit. Its parameters and children were checked when the graph was packaged. */
  open(name: string, plan: UnitPlan, host: BindingHost): Pick<BoundUnit, 'call' | 'choose' | 'pass'>;
}
