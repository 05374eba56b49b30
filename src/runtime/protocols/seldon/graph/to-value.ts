import { valueOfText } from '../../../json/value-of-text.ts';
import type { MessageFlow } from './message-flow.ts';

/** A message as plain values of JSON; that of a form is what its fields say. */
export async function toValue(flow: MessageFlow): Promise<unknown> {
  const { body } = await (await flow.item()).reply();
  return valueOfText(body);
}
