import type { Flow, FlowKind } from '../protocols/graph-wire.ts';
import type { AnswerSettings, Call } from '../protocols/protocol.ts';
import { unitPath } from '../unit/labels.ts';
import { type BindingHost, type GraphMethod, METHOD_PATHS, type UnitCall } from './bound-unit.ts';
import type { UnitPlan } from './plan.ts';

/** Reads and answers messages in the place of a unit, as its class would. */
export interface AsUnit {
  /** @throws SeldonError MICROSERVICE_BAD_DATA for a message that cannot be read. */
  decode<K extends FlowKind>(message: Flow<K>, method: GraphMethod, call: UnitCall): Promise<Call<K>>;
  settingsOf(call: UnitCall): AnswerSettings;
}

/** Lets code of this package stand in for the unit `name`. */
export function asUnit(
  name: string,
  { image }: Pick<UnitPlan, 'image'>,
  { instance: { config } }: BindingHost,
): AsUnit {
  const own = unitPath({ id: name, image });
  const describe = async () => ({ names: [name], metadata: {} });
  return {
    decode: async (message, method, { headers }) =>
      message.receive({ path: METHOD_PATHS[method], headers }).decode(name, undefined, describe),
    settingsOf: ({ invocation: { puid } }) => ({
      unitPath: own,
      carriesMeta: true,
      showsMetrics: config.INCLUDE_METRICS_IN_CLIENT_RESPONSE,
      puid,
    }),
  };
}
