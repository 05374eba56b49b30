import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BuildError } from '../bundle/user-error.ts';
import { combiner } from './templates/combiner.ts';
import { model } from './templates/model.ts';
import { router } from './templates/router.ts';
import type { Template } from './templates/template.ts';
import { transformer } from './templates/transformer.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const TYPES: Readonly<Record<string, Template>> = {
  MODEL: model,
  ROUTER: router,
  TRANSFORMER: transformer,
  COMBINER: combiner,
};

/** Names that the class would hide. */
const TAKEN = ['Model', 'MetadataInput', 'NdArray', 'Payload', 'SeldonError'];
const LONGEST_NAME = 50;

const HELP = `Writes a class to begin with, its contract.json, and a test that passes.

  npm run new -- MyModel [--type ${Object.keys(TYPES).join('|')}]

  -t, --type <type>   what the component does (default: MODEL)
  -h, --help          this text
`;

try {
  run();
} catch (error) {
  if (!isUserError(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

function run(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      type: { type: 'string', short: 't', default: 'MODEL' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
  } else {
    write(readName(positionals), readType(values.type));
  }
}

function write(name: string, { source, contract, test, endpoint }: Template): void {
  const files = {
    [`models/${name}.ts`]: source(name),
    [`models/${name}.contract.json`]: toJson(contract),
    [`test/${name}.test.ts`]: test(name),
  };
  // All or nothing: half of a model would be in the way of the next attempt.
  for (const path of Object.keys(files)) {
    if (existsSync(join(ROOT, path))) {
      throw new BuildError(`${path} is there already; choose another name`);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(ROOT, path), text, { flag: 'wx' });
  }
  const at = endpoint === 'predict' ? '' : ` --endpoint ${endpoint}`;
  console.log(`${Object.keys(files).join('\n')}

  npm test -- test/${name}.test.ts
  MODEL_NAME=${name} npm start
  npm run contract -- models/${name}.contract.json http://localhost:9000${at}`);
}

function readName([name, ...surplus]: readonly string[]): string {
  if (name === undefined) {
    throw new BuildError('expected the name of a class: npm run new -- MyModel');
  }
  if (surplus.length > 0) {
    throw new BuildError(`expected one name, got ${[name, ...surplus].join(' ')}`);
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name) || name.length > LONGEST_NAME) {
    throw new BuildError(
      `"${name}" is no name for a class here; expected a capital and at most ${LONGEST_NAME - 1} more letters and digits, as MyModel`,
    );
  }
  if (name in globalThis || TAKEN.includes(name)) {
    throw new BuildError(`${name} means something else already; choose another name, as My${name}`);
  }
  return name;
}

function readType(type: string): Template {
  const template = Object.entries(TYPES).find(([name]) => name === type.toUpperCase())?.[1];
  if (template) {
    return template;
  }
  throw new BuildError(`--type: expected one of ${Object.keys(TYPES).join(', ')}, got "${type}"`);
}

/** A line for each column. */
function toJson(contract: Template['contract']): string {
  const sections = Object.entries(contract).map(([key, columns]) => {
    const lines = columns.map((column) => `    { ${Object.entries(column).map(toMember).join(', ')} }`);
    return `  "${key}": [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

function toMember([key, value]: [string, unknown]): string {
  return `"${key}": ${JSON.stringify(value).replaceAll(',', ', ')}`;
}

function isUserError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof BuildError || String(code).startsWith('ERR_PARSE_ARGS');
}
