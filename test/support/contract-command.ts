import { configure } from '../../src/cli/commands/contract.ts';
import { runCommands } from './commands-in-turn.ts';

// The command line with one command only: bundled, it starts three times as fast.
const contract = { name: 'contract', summary: '', load: async () => ({ configure }) };
await runCommands([contract]);
