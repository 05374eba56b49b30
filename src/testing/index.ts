/**
 * Serves a model in a test: `import { serve } from 'seldon-lambda/testing'`. It needs no server and no
 * bundle, and works with any test runner.
 *
 * @example
 * import { serve } from 'seldon-lambda/testing';
 * import { Fraud } from '../models/Fraud.ts';
 *
 * const model = serve(Fraud, { parameters: { weight: 1 } });
 * const { status, message } = await model.predict([[1, 2]]);
 * @module
 */

import type { Model } from '../runtime/model/model.ts';
import { type ServedModel, type ServeOptions, serveUnit } from './serve.ts';
import { checkOptions, toServed } from './unit.ts';

export type { TestAnswer, TestMessage, TestRequest } from './event.ts';
export type { PayloadOptions, ServedModel, ServeOptions } from './serve.ts';

/** A model class whose constructor takes these parameters. */
export type ServableClass<Parameters> = new (parameters: Parameters) => Model;

/**
 * Serves a model in this process, as its functions would serve it on AWS: each request becomes the event of
 * an HTTP API, and is answered by the same code.
 *
 * Each call makes an instance of its own: models that are served at the same time share nothing. A state is
 * kept in memory, and belongs to this one, unless `environment` has a STATE_URL. The functions see the
 * variables of `environment` only, not those of the process; they log errors only, unless it has a
 * SELDON_LOG_LEVEL.
 *
 * @param model - the class; or the path of its file, absolute or from the working folder, or its URL. A file
 *   in TypeScript needs a runtime that reads it: Node 22.18 or later, or tsx.
 * @throws TypeError when the model is neither, for an option that there is not, and when a parameter is not a
 *   number, a text or a boolean.
 */
export function serve<Parameters>(
  model: ServableClass<Parameters> | string | URL,
  options: ServeOptions<NoInfer<Partial<Parameters>>> = {},
): ServedModel {
  checkOptions(options);
  return serveUnit(toServed(model, options.folder), options);
}
