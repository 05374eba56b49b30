// @ts-check
const { pathToFileURL } = require('node:url');

/**
 * The name of the service, for serverless.yml. serverless asks for it before it knows the plugins, and can
 * only require a file.
 *
 * @param {{ resolveVariable: (name: string) => Promise<unknown> }} configuration
 * @returns {Promise<string>}
 */
module.exports = async function serviceName({ resolveVariable }) {
  const { loadSource } = await import('../bundle/load-source.js');
  const here = pathToFileURL(__filename);
  /** @type {typeof import('./name-of-model.ts')} */
  const { serviceNameFor } = await loadSource('./name-of-model.ts', here.href);
  const modelName = await resolveVariable('self:provider.environment.MODEL_NAME');
  return serviceNameFor(new URL('../../', here), `${modelName}`);
};
