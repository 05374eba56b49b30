import { UserError } from '../../bundle/user-error.ts';
import { callHost } from '../../client/call-host.ts';
import { SeldonClientError } from '../../client/error.ts';
import { parseJson } from '../../client/parse-json.ts';
import type { Settings } from '../../client/settings.ts';
import { isRecord } from '../../runtime/objects.ts';

/** Models that an error names, at most. */
const MAX_NAMED = 10;

/**
 * The path of the model below an address of the Open Inference Protocol: empty if the address has it, as
 * `https://host/v2/models/iris`, or else that of the one model of the host, which is asked: by
 * `GET /v2/models`, as KServe and this project answer it, or by Triton's and MLServer's index of models.
 *
 * @throws UserError when the host does not tell, or has several models.
 */
export async function findModelPath(settings: Settings): Promise<string> {
  if (/\/v2\/models\/[^/]+(\/versions\/[^/]+)?$/.test(settings.base)) {
    return '';
  }
  const names = (await listModels(settings)) ?? (await readIndex(settings));
  const [name] = names ?? [];
  if (names === undefined || name === undefined) {
    throw new UserError(
      `${settings.base} does not tell which models it has; ` +
        'expected --url with the path of one, as https://host/v2/models/iris',
    );
  }
  if (names.length > 1) {
    const shown = `${names.slice(0, MAX_NAMED).join(', ')}${names.length > MAX_NAMED ? ', ...' : ''}`;
    throw new UserError(
      `${settings.base} has the models ${shown}; ` +
        `expected --url with one, as ${settings.base}/v2/models/${name}`,
    );
  }
  return `/v2/models/${encodeURIComponent(name)}`;
}

async function listModels(settings: Settings): Promise<readonly string[] | undefined> {
  const found = await ask(settings, { method: 'GET', path: '/v2/models' });
  const { models } = isRecord(found) ? found : {};
  return Array.isArray(models) ? models.filter((name) => typeof name === 'string') : undefined;
}

/** A model has a row for each version. */
async function readIndex(settings: Settings): Promise<readonly string[] | undefined> {
  const found = await ask(settings, { method: 'POST', path: '/v2/repository/index', body: '{}' });
  const rows = Array.isArray(found) ? found.filter(isRecord) : undefined;
  return rows && [...new Set(rows.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])))];
}

/** An answer in JSON; undefined when the host has no such path. */
async function ask(settings: Settings, call: Parameters<typeof callHost>[1]): Promise<unknown> {
  try {
    return parseJson((await callHost(settings, call)).text);
  } catch (error) {
    if (error instanceof SeldonClientError && [400, 404, 405, 501].includes(error.status ?? 0)) {
      return undefined;
    }
    throw error instanceof SeldonClientError ? new UserError(error.message) : error;
  }
}
