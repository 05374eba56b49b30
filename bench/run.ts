import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Artifact, makeArtifact } from './artifact.ts';
import { measureCold, showCold } from './cold.ts';
import type { Effort } from './effort.ts';
import { measureGrowth, showGrowth } from './growth.ts';
import { openNodes } from './nodes.ts';
import { measureSizes, showSizes } from './sizes.ts';
import { measureStability, showStability } from './stability.ts';
import { measureThroughput, showThroughput } from './throughput.ts';
import { measureWarm, showWarm } from './warm.ts';

/** Measures, and gives what was measured as data and as text. */
type Question = (
  artifact: Artifact,
  effort: Effort,
) => Promise<{ readonly result: unknown; readonly text: string }>;

/** One file, and one table, a question. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  warm: question(measureWarm, showWarm),
  cold: question(measureCold, showCold),
  sizes: question(measureSizes, showSizes),
  growth: question(measureGrowth, showGrowth),
  throughput: question(measureThroughput, showThroughput),
  stability: question(measureStability, showStability),
};

const HELP = `Measures the bundled predict handler against a bare one and against other ways to serve the same endpoint.

  npm run bench -- [--only <questions>] [--quick] [--nodes <versions>] [--json <file>]

  --only <questions>   of ${Object.keys(QUESTIONS).join(', ')}; commas between them (default: all)
  --quick              just enough to see that it works: the numbers mean little
  --nodes <versions>   other nodes, installed from npm into .tools/nodes: for cold starts all of them, for the rest the last one,
                       beside this node (default: 22,24; with --quick none)
  --json <file>        where the results go (default dist/bench.json)
  -h, --help           this text
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(QUESTIONS).join(',') },
    quick: { type: 'boolean', default: false },
    nodes: { type: 'string' },
    json: { type: 'string', default: 'dist/bench.json' },
    help: { type: 'boolean', short: 'h' },
  },
});
const names = listOf(values.only);
const unknown = names.find((name) => !(name in QUESTIONS));
if (values.help) {
  console.log(HELP);
} else if (unknown !== undefined) {
  console.error(`--only ${unknown}: expected some of ${Object.keys(QUESTIONS).join(', ')}`);
  process.exitCode = 2;
} else {
  await run(
    names,
    { isQuick: values.quick, nodes: await openNodes(listOf(values.nodes ?? (values.quick ? '' : '22,24'))) },
    values.json,
  );
}

async function run(names: readonly string[], effort: Effort, file: string): Promise<void> {
  const environment = {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    // What else the machine was doing: beside other work only the ratios mean something.
    load: loadavg()[0]?.toFixed(1),
  };
  const { date, node, cpu, load } = environment;
  console.log(`node ${node}, ${cpu}, load ${load}, ${date}${effort.isQuick ? ', quick' : ''}\n`);
  const results: Record<string, unknown> = { environment, isQuick: effort.isQuick };
  const artifact = await makeArtifact();
  try {
    for (const name of names) {
      console.error(`measuring ${name} ...`);
      const { result, text } = await (QUESTIONS[name] as Question)(artifact, effort);
      results[name] = result;
      console.log(`${text}\n`);
    }
  } finally {
    artifact.remove();
  }
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`written to ${path}`);
}

function question<T>(
  measure: (artifact: Artifact, effort: Effort) => Promise<T>,
  show: (result: T) => string,
): Question {
  return async (artifact, effort) => {
    const result = await measure(artifact, effort);
    return { result, text: show(result) };
  };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
