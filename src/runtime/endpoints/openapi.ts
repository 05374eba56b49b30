import { jsonResponse } from '../http/request.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
// A static import: as a chunk of its own it would split the code of the other functions into two more files.
import { toDocument } from '../openapi/document.ts';
import { serverUrl } from '../openapi/server-url.ts';
import { type EndpointName, ROUTES } from '../routes.ts';
import type { Ready } from '../unit/unit.ts';
import { readMetadata } from './metadata.ts';

/** Answers an OpenAPI 3.1 document of the deployed endpoints, which includes the model's metadata. */
export const openapi: Endpoint = {
  routes: 'openapi',
  usesModel: true,
  async respond(context) {
    const { request, unit, instance } = context;
    const { config } = instance;
    if (request.params?.model) {
      await (await import('./name.ts')).check(context);
    }
    // Together, so that a model that cannot be loaded is tried once.
    const [metadata, ready] = await Promise.all([
      readMetadata(context).catch(async (thrown) =>
        (await import('./unavailable-metadata.ts')).unavailableMetadata(thrown, instance),
      ),
      tryReady(context),
    ]);
    const document = toDocument({
      metadata,
      modelName: unit.settings.modelName,
      className: ready?.name,
      accepts: ready?.accepts,
      implemented: ready && implementedBy(ready.model),
      unitId: unit.settings.id,
      deployed: config.DEPLOYED_ENDPOINTS,
      metricsPath: config.PREDICTIVE_UNIT_METRICS_ENDPOINT,
      passesThrough: config.PAYLOAD_PASSTHROUGH,
      serverUrl: serverUrl(`${request.basePath ?? ''}${request.path}`),
    });
    return jsonResponse(stringify(document));
  },
};

/** The model; undefined when it cannot be loaded. */
function tryReady({ unit, invocation }: CallContext): Promise<Ready | undefined> {
  return unit.ready(invocation.remainingMs).catch(() => undefined);
}

/** The endpoints whose method a model has, in any of its variants. */
function implementedBy(model: object): EndpointName[] {
  const has = (member: string) => typeof (model as Record<string, unknown>)[member] === 'function';
  // The keys of the table are the endpoints' names.
  return (Object.keys(ROUTES) as EndpointName[]).filter((name) => {
    const method = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return ['', 'Raw', 'Rest'].some((variant) => has(method + variant));
  });
}
