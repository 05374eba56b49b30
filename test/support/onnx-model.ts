import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, vi } from 'vitest';
import { type Deployment, deploy } from './functions.ts';

/** The folder of the models of this project. */
export const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** Whether ONNX Runtime is installed: no manifest names it. */
export const HAS_RUNTIME = existsSync(join(MODELS, '../node_modules/onnxruntime-node'));

const folder = mkdtempSync(join(tmpdir(), 'seldon-onnx-'));
let graphs = 0;

/** Removes, after the tests of the file, all that {@link serve} has written. */
export function removeGraphs(): void {
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

/**
 * Serves a file, alone in its folder as graph.onnx, with no code but the model of this project.
 *
 * @param parameters - those of the model, all STRING.
 */
export function serve(file: Uint8Array, parameters: Readonly<Record<string, string>> = {}): Deployment {
  const models = join(folder, `${graphs++}`);
  mkdirSync(models);
  writeFileSync(join(models, 'graph.onnx'), file);
  writeFileSync(join(models, 'OnnxModel.ts'), `export { OnnxModel } from '${MODELS}/OnnxModel.ts';\n`);
  const given = Object.entries(parameters).map(([name, value]) => ({ name, value, type: 'STRING' }));
  return deploy({
    MODEL_DIR: models,
    MODEL_NAME: 'OnnxModel',
    PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(given),
  });
}

/** An answer of /predict. */
interface Answer {
  readonly status: number;
  /** As it was sent: JSON.parse would round long integers. */
  readonly text: string;
}

/** Sends a message to /predict. */
export async function predict(functions: Deployment, message: unknown): Promise<Answer> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const { status, body } = await functions.send({ method: 'POST', path: '/predict', body: text });
  return { status, text: body as string };
}

/** The JSON of a good answer. */
export async function answer(functions: Deployment, message: unknown) {
  const { status, text } = await predict(functions, message);
  expect(status, text).toBe(200);
  return JSON.parse(text);
}

/** The text of an answer that refuses what the caller sent. */
export async function refusal(functions: Deployment, message: unknown): Promise<string> {
  const { status, text } = await predict(functions, message);
  expect(status, text).toBe(400);
  expect(JSON.parse(text).status.reason).toBe('MICROSERVICE_BAD_DATA');
  return JSON.parse(text).status.info;
}

/** The text of the error of a model that cannot start. */
export async function failure(functions: Deployment): Promise<string> {
  const { status, text } = await predict(functions, { data: { ndarray: [1] } });
  expect(status, text).toBe(500);
  expect(JSON.parse(text).status.reason).toBe('MICROSERVICE_BAD_PARAMETER');
  return JSON.parse(text).status.info;
}

/** The description of the served model. */
export async function metadata(functions: Deployment) {
  const { status, body } = await functions.send({ method: 'GET', path: '/metadata' });
  expect(status, body as string).toBe(200);
  return JSON.parse(body as string);
}
