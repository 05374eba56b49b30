import { type BuildFailure, build, context, type PluginBuild, stop } from 'esbuild';
import { type Analysis, analyze } from './analysis.ts';
import { type BundleOptions, graphReader, noFindings, toBuildOptions } from './options.ts';
import { type Bundle, readResult } from './result.ts';

const NOTHING: Analysis = { outside: new Set(), missing: new Map() };

/**
 * Bundles all handlers and the given models as ES modules that share chunks: a model's `import ... from
 * 'seldon-lambda'` is the very code that its handler runs.
 *
 * @throws UserError when something does not compile, or a model file exports no class.
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const findings = noFindings();
  // On this machine, packages find all their files wherever the code is.
  const readGraph = graphReader(options);
  const { outside, missing } = options.minify ? await analyze(options, readGraph) : NOTHING;
  const result = await build({
    ...toBuildOptions(options, findings, readGraph, outside),
    write: false,
  }).catch((failure: BuildFailure) => {
    if (failure.errors) {
      return failure;
    }
    throw failure;
  });
  return readResult(result, options, { ...findings, missing });
}

/** A bundle that follows its sources. */
export interface Watching {
  /** Bundles again, though no source has changed. */
  rebuild(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Bundles now, and again after each change of a source file.
 *
 * @param onBundle - gets each bundle, or what is wrong, and how many milliseconds it took. It must not throw:
 *   esbuild would keep the error to itself.
 */
export async function watchBundle(
  options: BundleOptions,
  onBundle: (result: Bundle | Error, ms: number) => void | Promise<void>,
): Promise<Watching> {
  const findings = noFindings();
  const report = {
    name: 'report',
    setup({ onStart, onEnd }: PluginBuild) {
      let start = 0;
      onStart(() => {
        start = performance.now();
      });
      onEnd(async (result) =>
        onBundle(
          await attempt(() => readResult(result, options, { ...findings, missing: NOTHING.missing })),
          performance.now() - start,
        ),
      );
    },
  };
  const { plugins, ...others } = toBuildOptions(options, findings, graphReader(options));
  const watching = await context({ ...others, write: false, plugins: [...plugins, report] });
  await watching.watch();
  // A watching esbuild does not always notice that this process has ended: it would live on and keep the
  // outputs of this process open.
  process.once('exit', stop);
  return {
    rebuild: async () => {
      // Rejects when it does not compile, which has been reported by then.
      await watching.rebuild().catch(() => undefined);
    },
    stop: () => watching.dispose(),
  };
}

async function attempt(read: () => Promise<Bundle>): Promise<Bundle | Error> {
  try {
    return await read();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
