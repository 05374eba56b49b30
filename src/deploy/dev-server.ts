import { copyFileSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { watchBundle } from '../bundle/bundle.ts';
import { chooseModel } from '../bundle/model-sources.ts';
import type { BundleOptions } from '../bundle/options.ts';
import type { Bundle } from '../bundle/result.ts';
import { UserError } from '../bundle/user-error.ts';
import type { OfflineOptions, Serverless } from './serverless-types.ts';

/**
 * Bundles the model that MODEL_NAME names for serverless-offline, and again after each change of a source
 * file.
 *
 * A change that does not compile is reported, and the last good bundle stays.
 *
 * @throws UserError when a port is in use, when there is no such model, or when the first bundle does not
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
  const { environment } = service.provider;
  // On AWS these are unset; a function's thread would get the text "null".
  for (const name in environment) {
    if (environment[name] === null) {
      delete environment[name];
    }
  }
  const { modelName, models } = chooseModel(folder, process.env.MODEL_NAME, environment.MODEL_NAME);
  environment.MODEL_NAME = modelName;
  // What one function learns, the others see, and the next start remembers.
  environment.STATE_URL = process.env.STATE_URL ?? pathToFileURL(join(root, '.state', modelName)).href;
  // There is one person to watch, who wants to see what each call counted; and no CloudWatch.
  environment.METRICS_FLUSH_MS = process.env.METRICS_FLUSH_MS ?? '0';
  environment.METRICS_EMF = process.env.METRICS_EMF ?? 'false';
  // The functions are to run the bundle, not to unpack the zip, nor to read the sources.
  delete service.package.artifact;
  delete process.env.MODEL_DIR;
  // Function threads take this from here; stack traces then name the model's own lines.
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`;
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
        writeFiles(folder, result);
      }
      reportFirst(result);
    } else if (result instanceof UserError) {
      console.error(`${result.message}\n(what compiled last is still served)`);
    } else if (before instanceof UserError || !isDeepStrictEqual(before.files, result.files)) {
      writeFiles(folder, result);
      // Ends the threads that run the old code; the next request starts a new one.
      await pluginManager.spawn('offline:functionsUpdated');
      console.log(`rebuilt in ${Math.round(ms)} ms`);
    }
  });
  const result = await first;
  if (!(result instanceof UserError)) {
    return;
  }
  await stop();
  throw result;
}

function writeFiles(folder: string, { files, maps, assets, warnings }: Bundle): void {
  for (const warning of warnings) {
    console.warn(`warning: ${warning}`);
  }
  for (const [path, contents] of [...maps, ...files]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  for (const [path, file] of assets) {
    link(file, join(folder, path));
  }
}

/** The same file at another place too, of whatever size; a copy, where that is another disk. */
function link(file: string, at: string): void {
  rmSync(at, { force: true });
  mkdirSync(dirname(at), { recursive: true });
  try {
    linkSync(file, at);
  } catch {
    copyFileSync(file, at);
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
