import { mayHaveLongInteger } from '../../json/long-integer.ts';
import type { Flow, GraphWire } from '../../protocols/graph-wire.ts';

/**
 * A message as a value of JSON, in which a condition looks things up.
 *
 * @throws Error when it is not JSON.
 */
export async function jsonOf(flow: Flow, wire: GraphWire): Promise<unknown> {
  // As an item of a list: forms become JSON in it.
  const { body } = await wire.join([flow]).reply();
  const text = typeof body === 'string' ? body : Buffer.from(body).toString();
  const list = mayHaveLongInteger(text)
    ? (await import('../../json/exact-numbers.ts')).parseExactly(text)
    : JSON.parse(text);
  return (list as unknown[])[0];
}
