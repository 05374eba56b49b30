import type { HttpRequest } from '../../http/request.ts';
import type { Reply, TriedDescription } from '../protocol.ts';
import { versionsOf } from '../tensors/model-name.ts';
import { INPUT_DATA, readRequestBody } from './body.ts';
import { readObject, wrong } from './check.ts';
import { SERVER } from './server-metadata.ts';

/** Answers `/v2`, and what is asked of all models. */
export async function encodeServer(
  request: HttpRequest,
  describe: () => Promise<TriedDescription>,
): Promise<Reply | undefined> {
  // A model, or a version of it, may be called v2.
  const path = request.params?.model === undefined ? request.path : '';
  const [, asked] = /\/(v2|v2\/models|repository\/index)\/?$/.exec(path) ?? [];
  if (asked === 'v2') {
    return { body: JSON.stringify(SERVER) };
  }
  if (asked === undefined) {
    return undefined;
  }
  const isAll = asked === 'v2/models' || !(await asksForReady(request));
  const found = await describe();
  const [name = 'model'] = found.names;
  return { body: JSON.stringify(asked === 'v2/models' ? { models: [name] } : indexOf(found, name, isAll)) };
}

/** Whether the index is to have the models that are ready, and no others; a body may be missing. */
async function asksForReady(request: HttpRequest): Promise<boolean> {
  if (!request.body?.length) {
    return false;
  }
  const { json } = await readRequestBody(request, INPUT_DATA);
  const { ready = false } = readObject(json, 'the request');
  if (typeof ready !== 'boolean') {
    throw wrong('ready', 'true or false', ready);
  }
  return ready;
}

/** The index of the model repository, with a row for each version of the model. */
function indexOf(found: TriedDescription, name: string, isAll: boolean): readonly object[] {
  const { unavailable } = found;
  if (unavailable !== undefined) {
    return isAll ? [{ name, state: 'UNAVAILABLE', reason: unavailable }] : [];
  }
  const versions = versionsOf(found);
  const rest = { state: 'READY', reason: '' };
  return versions.length === 0
    ? [{ name, ...rest }]
    : versions.map((version) => ({ name, version, ...rest }));
}
