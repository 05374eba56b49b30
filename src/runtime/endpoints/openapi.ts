import { toSeldonError } from '../errors.ts';
import { jsonResponse } from '../http/request.ts';
import type { CallContext, Endpoint } from '../instance/endpoint.ts';
import { stringify } from '../json/write-json.ts';
import type { Metadata } from '../model/metadata.ts';
// Not lazily: as its own entry it would split what the other functions load into two files more.
import { toDocument } from '../openapi/document.ts';
import { readMetadata } from './metadata.ts';

const ROUTE = '/seldon.json';

/**
 * No empty segment, as `//` would begin the name of another host, and no braces, which would be variables.
 */
const BASE_PATH = /^(\/[\w.~$+!*'()@:,;=&%-]+)+$/;

/** Answers an OpenAPI 3.1 document of all endpoints, with what the model says about itself. */
export const openapi: Endpoint = {
  routes: 'openapi',
  usesModel: true,
  async respond(context) {
    const { request, unit, instance } = context;
    const document = toDocument({
      metadata: await tryMetadata(context),
      modelName: unit.settings.modelName,
      unitId: unit.settings.id,
      passesThrough: instance.config.PAYLOAD_PASSTHROUGH,
      serverUrl: serverUrl(`${request.basePath ?? ''}${request.path}`),
    });
    return jsonResponse(stringify(document));
  },
};

/** The endpoints of a broken model are the same, so its document is answered too, and says why a part is missing. */
async function tryMetadata(context: CallContext): Promise<Metadata | { unavailable: string }> {
  try {
    return await readMetadata(context);
  } catch (thrown) {
    const { config, log } = context.instance;
    const { reason, message } = toSeldonError(thrown);
    log.warn("the OpenAPI document is without the model's part", { reason }, thrown);
    const isHidden = reason === 'MICROSERVICE_INTERNAL_ERROR' && config.HIDE_INTERNAL_ERRORS;
    return { unavailable: isHidden ? 'internal error; the log has more' : message };
  }
}

/** The part of the path before its route, such as the base path of a custom domain; else `/`. */
function serverUrl(path: string): string {
  const base = path.endsWith(ROUTE) ? path.slice(0, -ROUTE.length) : '';
  return BASE_PATH.test(base) ? base : '/';
}
