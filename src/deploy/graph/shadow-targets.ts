import { UserError } from '../../bundle/user-error.ts';
import { brief } from '../../graph/part.ts';
import { modelOf, toTarget } from '../../graph/targets.ts';
import type { GraphPlan } from '../../runtime/graph/plan.ts';
import { isRecord } from '../../runtime/objects.ts';
import { parseJson } from '../../runtime/parse-json.ts';

const EXPECTED = 'lambda:name, lambda:name:alias, lambda:name-*, an ARN of a function, or an http(s):// URL';

/**
 * Reads SELDON_SHADOWS: where the copies for each shadow go, by the name of its predictor.
 *
 * @param text - undefined, null and the empty text name no target.
 * @throws UserError for what is not a JSON object of targets, and for a predictor that is no shadow.
 */
export function readShadowTargets(text: unknown, { predictors }: GraphPlan): ReadonlyMap<string, string> {
  const targets = text ? parseJson(String(text)) : {};
  if (!isRecord(targets)) {
    throw new UserError(
      'SELDON_SHADOWS is not a JSON object; expected the target of each shadow, as {"next":"lambda:name"}',
    );
  }
  const shadows = predictors.filter(({ isShadow }) => isShadow).map(({ name }) => name);
  return new Map(
    Object.entries(targets).map(([name, given]) => {
      if (!shadows.includes(name)) {
        const expected =
          shadows.length === 0 ? 'the graph has no shadow' : `expected ${shadows.join(' or ')}`;
        throw new UserError(`SELDON_SHADOWS has ${brief(name)}; ${expected}`);
      }
      const target = typeof given === 'string' ? toTarget(given) : undefined;
      if (target === undefined || modelOf(target) !== undefined) {
        throw new UserError(`SELDON_SHADOWS: ${name} is ${brief(given)}; expected ${EXPECTED}`);
      }
      return [name, target];
    }),
  );
}
