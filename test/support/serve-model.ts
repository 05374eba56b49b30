import { fileURLToPath } from 'node:url';
import { deploy } from './functions.ts';

/** A message as far as tests look into it. */
interface Message {
  readonly data?: { readonly names?: string[]; readonly ndarray?: unknown[] };
  readonly jsonData?: unknown;
  readonly strData?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly status?: { readonly reason: string; readonly info: unknown };
}

/**
 * Serves a model of models/ in this process; what it gives posts a message to a path, as a caller would.
 *
 * @param environment - environment variables, as PREDICTIVE_UNIT_PARAMETERS.
 * @example
 * const post = serveModel('MyModel');
 * expect(await post('/predict', { data: { ndarray: [[1, 2]] } })).toMatchObject({ status: 200 });
 */
export function serveModel(name: string, environment: Readonly<Record<string, string>> = {}) {
  const folder = fileURLToPath(new URL('../../models', import.meta.url));
  const functions = deploy({ MODEL_NAME: name, MODEL_DIR: folder, ...environment });
  return async (path: string, message: unknown): Promise<{ status: number; message: Message }> => {
    const { status, body } = await functions.send({ method: 'POST', path, body: JSON.stringify(message) });
    return { status, message: JSON.parse(body as string) as Message };
  };
}
