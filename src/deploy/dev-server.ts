import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { watchBundle } from '../bundle/bundle.ts';
import { chooseModel } from '../bundle/model-sources.ts';
import type { BundleOptions } from '../bundle/options.ts';
import type { Bundle } from '../bundle/result.ts';
import { UserError } from '../bundle/user-error.ts';
import type { OfflineOptions, Serverless } from './serverless-types.ts';
import { applyStart } from './start-changes.ts';
import { writeBundle } from './write-bundle.ts';

/**
 * Bundles the model that MODEL_NAME names for serverless-offline, and again after each change of a source
 * file. A change that does not compile is reported, and the last good bundle stays.
 *
 * @throws UserError when a port is in use, when the model does not exist, or when the first bundle does not
 *   compile.
 */
export async function serveModel(serverless: Serverless, given: Partial<OfflineOptions>): Promise<void> {
  const { serviceDir: root, service } = serverless;
  const options = { ...service.custom['serverless-offline'], ...given };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => process.exit(0));
  }
  await refuseBusyPort(options.httpPort, options.host, 'httpPort');
  await refuseBusyPort(options.lambdaPort, options.host, 'lambdaPort');
  const folder = resolve(root, options.models ?? process.env.MODEL_DIR ?? 'models');
  const { modelName, models } = chooseModel(
    folder,
    process.env.MODEL_NAME,
    service.provider.environment.MODEL_NAME,
  );
  applyStart(serverless, modelName);
  await keepBundled({ root, models, outdir: options.location }, serverless);
}

async function keepBundled(options: BundleOptions, { pluginManager }: Serverless): Promise<void> {
  const folder = join(options.root, options.outdir);
  for (const part of ['chunks', 'handlers', 'models']) {
    rmSync(join(folder, part), { recursive: true, force: true });
  }
  let last: Bundle | UserError | undefined;
  let reportFirst: (result: Bundle | UserError) => void;
  const first = new Promise<Bundle | UserError>((resolve) => {
    reportFirst = resolve;
  });
  const stop = await watchBundle(options, async (result, ms) => {
    const before = last;
    last = result;
    if (!before) {
      if (!(result instanceof UserError)) {
        writeBundle(folder, result);
      }
      reportFirst(result);
    } else if (result instanceof UserError) {
      console.error(`${result.message}\n(the last version that compiled is still served)`);
    } else if (before instanceof UserError || !isDeepStrictEqual(before.files, result.files)) {
      writeBundle(folder, result);
      // Ends the threads that run the old code; the next request starts a new one.
      await pluginManager.spawn('offline:functionsUpdated');
      console.log(`rebuilt in ${Math.round(ms)} ms`);
    }
  });
  const result = await first;
  if (result instanceof UserError) {
    await stop();
    throw result;
  }
}

async function refuseBusyPort(port: number | string, host: string, option: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((free, fail) => {
    server.once('error', fail).listen(Number(port), host, free);
  }).catch(({ code, message }) => {
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${message})`;
    throw new UserError(`port ${port} ${why}; choose another one: npm start -- --${option} <port>`);
  });
  await new Promise((closed) => server.close(closed));
}
