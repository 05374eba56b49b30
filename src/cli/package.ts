import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BuildError } from '../bundle/user-error.ts';
import { byName, modelsIn } from '../bundle/model-sources.ts';
import type { Architecture } from '../bundle/native.ts';
import { MAX_DIRECT_ZIP_BYTES, type Package, packageModels } from '../bundle/package.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Of many files, the table shows the largest. */
const MAX_ROWS = 60;

const HELP = `Makes one zip for AWS Lambda: all functions, and your models.

  npm run package -- [--model models/MyModel.ts ...] [--arch arm64|x64] [--out dist/model.zip]

  -m, --model <file>   a model: a file that exports a class named as the file, or as its default;
                       may be repeated (default: every file in models/)
  -f, --file <file>    one more file for the models' folder in the zip; may be repeated. Files that
                       a model names in modelFile('...') come by themselves
  -a, --arch <name>    what packages with native code are to run on: arm64 (default) or x64
      --s3             the zip reaches Lambda through S3, and so may have more than 50 MB
  -o, --out <file>     the zip (default: dist/model.zip, which serverless.yml deploys)
  -h, --help           this text
`;

try {
  await run();
} catch (error) {
  if (!isUserError(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', multiple: true, short: 'm' },
      file: { type: 'string', multiple: true, short: 'f', default: [] },
      arch: { type: 'string', short: 'a', default: 'arm64' },
      s3: { type: 'boolean', default: false },
      out: { type: 'string', short: 'o', default: join(ROOT, 'dist/model.zip') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    return console.log(HELP);
  }
  const folder = join(ROOT, 'models');
  const models = values.model
    ? byName(
        values.model.map((file) => existing(file, 'model file')),
        folder,
      )
    : modelsIn(folder);
  const out = resolve(values.out);
  const extra = values.file.map((file) => existing(file, 'file'));
  const made = await packageModels({
    root: ROOT,
    models,
    out,
    extra,
    architecture: toArchitecture(values.arch),
  });
  for (const warning of made.warnings) {
    console.warn(`warning: ${warning}`);
  }
  console.log(toTable(made));
  if (made.zippedBytes > MAX_DIRECT_ZIP_BYTES && !values.s3) {
    throw new BuildError(
      `${out} has ${toMegabytes(made.zippedBytes)} MB, and Lambda takes ${toMegabytes(MAX_DIRECT_ZIP_BYTES)} MB at most ` +
        'but from S3: upload it there, as `serverless deploy` does, and say so with --s3',
    );
  }
  console.log(out);
}

function toArchitecture(name: string): Architecture {
  if (name === 'arm64' || name === 'x64') {
    return name;
  }
  throw new BuildError(`--arch ${name}: expected arm64 or x64`);
}

function existing(file: string, what: string): string {
  if (!existsSync(file)) {
    throw new BuildError(`there is no ${what} ${file}`);
  }
  return resolve(file);
}

function isUserError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof BuildError || String(code).startsWith('ERR_PARSE_ARGS');
}

function toTable({ entries, zippedBytes }: Package): string {
  const bySize = [...entries].sort((a, b) => b.zippedSize - a.zippedSize);
  const shown = entries.length > MAX_ROWS ? bySize.slice(0, MAX_ROWS) : entries;
  const others = bySize.slice(shown.length);
  const width = Math.max(...shown.map(({ path }) => path.length));
  const row = (path: string, size: number, zippedSize: number, share = zippedSize / zippedBytes) =>
    [
      path.padEnd(width),
      `${size}`.padStart(11),
      (zippedSize / 1000).toFixed(1).padStart(11),
      `${Math.round(100 * share)} %`.padStart(6),
    ].join('  ');
  const sum = (rows: typeof entries, key: 'size' | 'zippedSize') =>
    rows.reduce((total, entry) => total + entry[key], 0);
  return [
    ['file'.padEnd(width), 'bytes'.padStart(11), 'zipped kB'.padStart(11), 'share'.padStart(6)].join('  '),
    ...shown.map(({ path, size, zippedSize }) => row(path, size, zippedSize)),
    ...(others.length > 0
      ? [row(`${others.length} smaller files`, sum(others, 'size'), sum(others, 'zippedSize'))]
      : []),
    row('total', sum(entries, 'size'), zippedBytes),
  ].join('\n');
}

function toMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
