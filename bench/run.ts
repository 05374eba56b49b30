import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { QUESTIONS, STATE } from './questions/index.ts';
import { run } from './session.ts';

const HELP = `Measures the bundled predict handler against a bare one and against other ways to serve the same endpoint, and the
state stores. Prints a table for each question.

  npm run bench -- [questions] [options]

  questions                of ${Object.keys(QUESTIONS).join(', ')}; state: all of the state's (default: all)

  --without <questions>    all that are asked for but these, commas between them
  --quick                  just enough to see that it works: the numbers mean little
  --gate                   exits with 1 when a measurement is over its aim by more than its own spread: the range of the middle half of
                           its samples, or its uncertainty. With --quick only beside --base
  --base <file>            the results of another revision, measured just before on the same machine: shows both; with --gate only what
                           misses its aim and is slower than there by more than the spread of both and 20 % counts
  --write                  puts the results of warm, cold and graph into the tables of .github/SPEED.md. Not with --quick
  --nodes <versions>       other nodes, commas between them, installed from npm into .tools/nodes: for cold starts all of them, for
                           warm calls and growth the last one, beside this node (default: 22,24; with --quick none)
  --increments <number>    of each of the 16 writers of state-contention (default: 500; with --quick 4 writers in 2 processes, 20)
  --json <file>            where the results go (default: dist/bench.json)
  -h, --help               this text

  Exits with 1, too, when a state-contention count is wrong.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    without: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    base: { type: 'string' },
    write: { type: 'boolean', default: false },
    nodes: { type: 'string' },
    increments: { type: 'string' },
    json: { type: 'string', default: 'dist/bench.json' },
    help: { type: 'boolean', short: 'h' },
  },
});
const { quick: isQuick, gate: isGate, write: writesTable } = values;
const asked = positionals.flatMap((name) => (name === 'state' ? STATE : [name]));
const without = listOf(values.without);
const names = [...new Set(asked.length > 0 ? asked : Object.keys(QUESTIONS))].filter(
  (name) => !without.includes(name),
);
const increments = Number(values.increments ?? (isQuick ? 20 : 500));
const mistake = findMistake();
if (values.help) {
  console.log(HELP);
} else if (mistake !== undefined) {
  console.error(mistake);
  process.exitCode = 2;
} else {
  const versions = listOf(values.nodes ?? (isQuick ? '' : '22,24'));
  process.exitCode = await run({
    names,
    isQuick,
    isGate,
    base: values.base,
    writesTable,
    versions,
    increments,
    file: values.json,
  });
}

function findMistake(): string | undefined {
  const unknown = [...names, ...without].find((name) => !(name in QUESTIONS));
  if (unknown !== undefined) {
    return `${unknown}: expected some of ${Object.keys(QUESTIONS).join(', ')}, state`;
  }
  if (!Number.isInteger(increments) || increments < 2) {
    return `--increments ${values.increments}: expected a whole number of 2 or more`;
  }
  if (values.base !== undefined && !existsSync(values.base)) {
    return `--base ${values.base}: there is no such file`;
  }
  const gates = isGate && values.base === undefined;
  const [option] = [gates && '--gate', writesTable && '--write'].filter(Boolean);
  return isQuick && option ? `${option} with --quick: the numbers of a quick run mean too little` : undefined;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
