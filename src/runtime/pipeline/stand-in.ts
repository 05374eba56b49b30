import { SeldonError } from '../errors.ts';
import type { MethodName } from '../model/model.ts';
import type { RequestKind } from '../protocols/protocol.ts';
import type { Ready } from '../unit/unit.ts';
import type { MethodSpec } from './pipeline.ts';

/**
 * Finds the transformer of a model that stands in for the method that the model lacks. In some protocols all
 * kinds of units are called in the same way, so the class alone says which method is meant.
 *
 * @throws SeldonError MICROSERVICE_NOT_IMPLEMENTED when the model has no transformer either.
 */
export function standIn<M extends MethodName, K extends RequestKind>(
  spec: MethodSpec<M, K>,
  { model, name }: Ready,
): MethodSpec<M, K> {
  const methods = model as unknown as Readonly<Record<string, unknown>>;
  const method = (['transformInput', 'transformOutput'] as const).find(
    (each) => typeof methods[each] === 'function',
  );
  if (method !== undefined) {
    // The two methods take the same arguments as predict.
    const call: MethodSpec<'transformInput', 'message'>['call'] = (transformer, input, facts) =>
      (transformer as typeof model)[method]?.(input.features, input.names, input.meta, facts);
    const fallback: MethodSpec<'transformInput', 'message'>['fallback'] = ({ features }) => features;
    return { ...spec, method, call, fallback } as unknown as MethodSpec<M, K>;
  }
  const raw = `${spec.method}Raw` in methods ? `; ${spec.method}Raw takes messages of Seldon only` : '';
  throw new SeldonError('MICROSERVICE_NOT_IMPLEMENTED', `${name} has no method ${spec.method}${raw}`);
}
