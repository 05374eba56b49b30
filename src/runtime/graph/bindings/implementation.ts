import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import { implementations } from '../implementations/index.ts';
import type { UnitPlan } from '../plan.ts';

/** Opens a unit that is code of this package. */
export async function openImplementation(
  name: string,
  plan: UnitPlan,
  host: BindingHost,
): Promise<BoundUnit> {
  const { open } = await implementations.of(plan.target.replace(/^implementation:/, ''));
  const code = open(name, plan, host);
  return { where: 'implementation', labels: undefined, prepare: async () => undefined, ...code };
}
