import { toSeldonError } from '../errors.ts';
import { createInstance } from '../instance/instance.ts';
import { createHandler, type Handler } from './handler.ts';

/**
 * Makes the handler of a function that cannot be opened. An error while a function is loaded is in its log
 * alone; so it is the answer to every call, as a mistake in the configuration is.
 */
export function refuseAll(thrown: unknown): Promise<Handler> {
  const instance = createInstance();
  const mistake = instance.mistake ?? toSeldonError(thrown);
  instance.log.error('the function cannot answer', { info: mistake.message }, thrown);
  return createHandler([], { instance: { ...instance, mistake } });
}
