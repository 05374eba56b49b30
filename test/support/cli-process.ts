import { main } from '../../src/cli/main.ts';

// The whole command line. Bundled, it starts three times as fast, but it cannot make bundles itself.
await main(process.argv.slice(2));
