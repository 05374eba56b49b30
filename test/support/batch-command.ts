import { configure } from '../../src/cli/commands/batch.ts';
import { runCommands } from './commands-in-turn.ts';

// The command line with one command only: bundled, it starts three times as fast.
const batch = { name: 'batch', summary: '', load: async () => ({ configure }) };
await runCommands([batch]);
