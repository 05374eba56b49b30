import { valueOfText } from '../../json/value-of-text.ts';
import type { Flow, GraphWire } from '../../protocols/graph-wire.ts';

/**
 * A message as plain values of JSON, in which a condition looks things up.
 *
 * @throws Error when it is not JSON.
 */
export async function jsonOf(flow: Flow, { toValue }: Pick<GraphWire, 'toValue'>): Promise<unknown> {
  if (toValue !== undefined) {
    return toValue(flow);
  }
  const { body } = await flow.reply();
  return valueOfText(body);
}
