// Hooks of node for the processes that run commands of serverless. The program of each copy of this project
// would register tsx once more, and each time that slows down every import that follows. With these hooks,
// tsx is registered once for all commands.

let scope;

/**
 * Gives this file to those that ask for tsx, and each copy an esbuild of its own, which keeps the folder that it
 * was loaded in.
 */
export async function resolve(specifier, context, next) {
  if (specifier === 'tsx/esm/api' && context.parentURL !== import.meta.url) {
    return { url: import.meta.url, shortCircuit: true };
  }
  const resolved = await next(specifier, context);
  return specifier === 'esbuild' ? { ...resolved, url: ofCopy(resolved.url, context.parentURL) } : resolved;
}

function ofCopy(url, parentUrl) {
  const own = new URL(url);
  own.searchParams.set('copy', new URL('.', parentUrl).pathname.replace(/\/src\/.*/, ''));
  return own.href;
}

/** As that of tsx, but the same for all that ask. */
export function register(options) {
  scope ??= import('tsx/esm/api').then((tsx) => tsx.register(options));
  return { import: async (specifier, parentUrl) => (await scope).import(specifier, parentUrl) };
}
