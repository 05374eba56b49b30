import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureStateCold, showStateCold } from './state-cold.ts';
import {
  measureDoorContention,
  measureStoreContention,
  showDoorContention,
  showStoreContention,
} from './state-contention.ts';
import { openServers } from './state-servers.ts';
import { measureStateWarm, showStateWarm } from './state-warm.ts';

const HELP = `Measures the state stores: cold clients, /route with a state, and writers of one key at once, of the store and through
/send-feedback.

  npm run bench:state -- [--json <file>] [--increments <number>]

  --json <file>           writes all results there, too
  --increments <number>   of each of the 16 writers (default 500)
  -h, --help              this text
`;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    increments: { type: 'string', default: '500' },
    help: { type: 'boolean', short: 'h' },
  },
});
const increments = Number(values.increments);
if (values.help) {
  console.log(HELP);
} else if (!Number.isInteger(increments) || increments < 1) {
  console.error(`--increments ${values.increments}: expected a whole number of 1 or more`);
  process.exitCode = 2;
} else {
  await run(increments, values.json);
}

async function run(increments: number, file: string | undefined): Promise<void> {
  const environment = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model}`,
    load: loadavg()[0]?.toFixed(1),
  };
  const { date, node, cpu, load } = environment;
  console.log(`node ${node}, ${cpu}, load ${load}, ${date}\n`);
  const { stores, missing, close } = await openServers();
  try {
    for (const line of missing) {
      console.log(`not measured: ${line}`);
    }
    const cold = await measureStateCold(stores);
    console.log(`${showStateCold(cold)}\n`);
    const warm = await measureStateWarm();
    console.log(`${showStateWarm(warm)}\n`);
    const contention = await measureStoreContention(stores, increments);
    console.log(`${showStoreContention(contention)}\n`);
    const door = await measureDoorContention(stores, increments);
    console.log(showDoorContention(door));
    if (file !== undefined) {
      const results = { environment, missing, contention, door, cold, warm };
      writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
    }
    if ([...contention, ...door].some(({ total, expected }) => total !== expected)) {
      process.exitCode = 1;
    }
  } finally {
    await close();
  }
}
