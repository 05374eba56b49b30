import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { chooseModel, pathOf } from '../bundle/model-sources.ts';
import { packageModels } from '../bundle/package.ts';
import { UserError } from '../bundle/user-error.ts';
import type { Serverless } from './serverless-types.ts';

/**
 * Makes the zip that serverless.yml names, before serverless looks for it: from the models that `npm run
 * package` took the last time if MODEL_NAME is among them, else from the model that MODEL_NAME names.
 *
 * Where the shell has no MODEL_NAME and one model was packaged, it is that one. A zip that was not made here
 * stays.
 *
 * @throws UserError when several models were packaged, and nothing says which one is to be served.
 */
export async function refreshArtifact({ serviceDir: root, service }: Serverless): Promise<void> {
  const out = service.package.artifact ?? 'dist/model.zip';
  const { environment } = service.provider;
  const asked = process.env.MODEL_NAME;
  const isThere = existsSync(join(root, out));
  const last = isThere ? lastModels(root) : undefined;
  if (isThere && !last) {
    return;
  }
  const names = Object.keys(last ?? {});
  const architecture = service.provider.architecture === 'x86_64' ? 'x64' : 'arm64';
  if (!asked && names.length === 1) {
    environment.MODEL_NAME = names[0];
  }
  if (last && names.includes(pathOf(environment.MODEL_NAME))) {
    await packageModels({ root, models: last, out, architecture, extra: lastExtra(root) });
  } else if (!asked && names.length > 1) {
    const first = names[0];
    throw new UserError(
      `${out} has the models ${names.join(', ')}; choose the one to serve, as with MODEL_NAME=${first}`,
    );
  } else {
    const { modelName, models } = chooseModel(join(root, 'models'), asked, environment.MODEL_NAME);
    environment.MODEL_NAME = modelName;
    await packageModels({ root, models, out, architecture });
  }
}

/** The models that the last zip was made of, by name; undefined without a record. */
function lastModels(root: string): Record<string, string> | undefined {
  const record = join(root, 'dist/meta.json');
  if (!existsSync(record)) {
    return undefined;
  }
  const { outputs }: Metafile = JSON.parse(readFileSync(record, 'utf8'));
  const entries = Object.entries(outputs).flatMap(([path, { entryPoint }]) => {
    const name = /^dist\/model\/models\/(.+)\.mjs$/.exec(path)?.[1];
    return name && entryPoint ? [[name, join(root, entryPoint)]] : [];
  });
  return Object.fromEntries(entries);
}

/** The further files of the last zip. */
function lastExtra(root: string): string[] {
  const record = join(root, 'dist/extra.json');
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : [];
}
