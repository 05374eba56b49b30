import type { Plugin } from 'esbuild';

/** The two functions that aws4 uses, which it calls when it signs. */
const CONTENTS = `const load = () => process.getBuiltinModule('crypto');
exports.createHmac = (...args) => load().createHmac(...args);
exports.createHash = (...args) => load().createHash(...args);
`;

/**
 * Has aws4 load node's crypto when it signs, and not when it is imported: that takes 5 ms of a cold start,
 * and a function whose store is no service of AWS signs nothing.
 */
export const laterCrypto: Plugin = {
  name: 'later-crypto',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^crypto$/ }, ({ importer }) =>
      /[\\/]aws4[\\/]aws4\.js$/.test(importer) ? { path: 'crypto', namespace: 'later' } : undefined,
    );
    onLoad({ filter: /^crypto$/, namespace: 'later' }, () => ({ contents: CONTENTS, loader: 'js' }));
  },
};
