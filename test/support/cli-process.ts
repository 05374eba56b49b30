import { COMMANDS } from '../../src/cli/commands/index.ts';
import { runCommands } from './commands-in-turn.ts';

// The whole command line. Bundled, it starts three times as fast, but it cannot make bundles itself.
await runCommands(COMMANDS);
