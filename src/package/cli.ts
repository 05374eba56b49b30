import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BuildError } from './bundle.ts';
import { byName, modelsIn } from './model-files.ts';
import { type Package, packageModels } from './package-models.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const HELP = `Makes one zip for AWS Lambda: all functions, and your models.

  npm run package -- [--model models/MyModel.ts ...] [--out dist/model.zip]

  -m, --model <file>   a model: a file that exports a class named as the file, or as its default;
                       may be repeated (default: every file in models/)
  -o, --out <file>     the zip (default: dist/model.zip, which serverless.yml deploys)
  -h, --help           this text
`;

try {
  await run();
} catch (error) {
  if (!isUserError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', multiple: true, short: 'm' },
      out: { type: 'string', short: 'o', default: join(ROOT, 'dist/model.zip') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(HELP);
  const folder = join(ROOT, 'models');
  const models = values.model ? byName(values.model.map(existing), folder) : modelsIn(folder);
  const out = resolve(values.out);
  const made = await packageModels({ root: ROOT, models, out });
  for (const warning of made.warnings) console.warn(`warning: ${warning}`);
  console.log(toTable(made));
  console.log(out);
}

function existing(file: string): string {
  if (!existsSync(file)) throw new BuildError(`there is no model file ${file}`);
  return resolve(file);
}

function isUserError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof BuildError || String(code).startsWith('ERR_PARSE_ARGS');
}

function toTable({ entries, zippedBytes }: Package): string {
  const width = Math.max(...entries.map(({ path }) => path.length));
  const row = (path: string, bytes: string, kB: string, share: string) =>
    [path.padEnd(width), bytes.padStart(11), kB.padStart(11), share.padStart(6)].join('  ');
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  return [
    row('file', 'bytes', 'zipped kB', 'share'),
    ...entries.map(({ path, size, zippedSize }) =>
      row(path, `${size}`, toKilobytes(zippedSize), `${Math.round((100 * zippedSize) / zippedBytes)} %`),
    ),
    row('total', `${total}`, toKilobytes(zippedBytes), '100 %'),
  ].join('\n');
}

function toKilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
