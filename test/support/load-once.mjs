// Hooks of node for the processes that run commands of serverless. The plugin has tsx load its sources anew
// at each of its steps, and a process keeps what it has loaded: so a command takes two seconds, and the next
// one longer. With these hooks, each source is loaded once for all commands in a folder.

const loaded = new Map();

/** Gives this file to those that ask for tsx. */
export function resolve(specifier, context, next) {
  return specifier === 'tsx/esm/api' && context.parentURL !== import.meta.url
    ? { url: import.meta.url, shortCircuit: true }
    : next(specifier, context);
}

/** As that of tsx, but the same module for the same file. */
export function tsImport(specifier, parentUrl) {
  const { href } = new URL(specifier, parentUrl);
  const module = loaded.get(href) ?? load(specifier, parentUrl);
  loaded.set(href, module);
  return module;
}

async function load(specifier, parentUrl) {
  const tsx = await import('tsx/esm/api');
  return tsx.tsImport(specifier, parentUrl);
}
