import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { makeArtifact } from './artifact.ts';
import { measureCold, showCold } from './cold.ts';
import { measureOverhead, showOverhead } from './overhead.ts';

const HELP = `Measures the bundled predict handler against a bare one, warm and cold.

  npm run bench -- [--json <file>]

  --json <file>   writes all results there, too
  -h, --help      this text
`;

const { values } = parseArgs({
  options: { json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) console.log(HELP);
else await run(values.json);

async function run(file: string | undefined): Promise<void> {
  const environment = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model}`,
    // What else the machine was doing: beside other work only the ratios mean something.
    load: loadavg()[0]?.toFixed(1),
  };
  const { date, node, cpu, load } = environment;
  console.log(`node ${node}, ${cpu}, load ${load}, ${date}\n`);
  const artifact = await makeArtifact();
  try {
    const cold = await measureCold(artifact);
    console.log(`${showCold(cold)}\n`);
    const overhead = await measureOverhead(artifact);
    console.log(showOverhead(overhead));
    if (file !== undefined)
      writeFileSync(file, `${JSON.stringify({ environment, cold, overhead }, null, 2)}\n`);
  } finally {
    artifact.remove();
  }
}
