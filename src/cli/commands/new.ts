import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../bundle/user-error.ts';
import { commandLine, runCommand } from './command.ts';
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

/** The templates import these names: a class with one of them would hide the import. */
const RESERVED = ['Model', 'MetadataInput', 'NdArray', 'Payload', 'SeldonError'];
/** With a longer name, lines of the templates would be longer than the formatter allows. */
const MAX_NAME_LENGTH = 50;

await runCommand({
  name: 'new',
  summary: 'Writes a first version of a model class, its contract.json, and a test that passes.',
  usage: `MyModel [--type ${Object.keys(TYPES).join('|')}]`,
  takesArguments: true,
  options: {
    type: {
      type: 'string',
      short: 't',
      default: 'MODEL',
      value: 'type',
      help: 'what the component does',
    },
  },
  run({ type }, args) {
    write(readName(args), readType(type));
    return 0;
  },
});

function write(name: string, { source, contract, test, endpoint }: Template): void {
  const files = {
    [`models/${name}.ts`]: source(name),
    [`models/${name}.contract.json`]: toJson(contract),
    [`test/${name}.test.ts`]: test(name),
  };
  // All or nothing: half of a model would be in the way of the next attempt.
  for (const path of Object.keys(files)) {
    if (existsSync(join(ROOT, path))) {
      throw new UserError(`${path} already exists; choose another name`);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(ROOT, path), text, { flag: 'wx' });
  }
  const at = endpoint === 'predict' ? '' : ` --endpoint ${endpoint}`;
  console.log(`${Object.keys(files).join('\n')}

  npm test -- test/${name}.test.ts
  MODEL_NAME=${name} npm start
  ${commandLine('contract')} models/${name}.contract.json http://localhost:9000${at}`);
}

function readName([name, ...surplus]: readonly string[]): string {
  if (name === undefined) {
    throw new UserError(`expected the name of a class: ${commandLine('new')} MyModel`);
  }
  if (surplus.length > 0) {
    throw new UserError(`expected one name, got ${[name, ...surplus].join(' ')}`);
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new UserError(
      `"${name}" cannot be the name of the class; expected a capital letter and at most ` +
        `${MAX_NAME_LENGTH - 1} more letters and digits, as MyModel`,
    );
  }
  if (name in globalThis || RESERVED.includes(name)) {
    throw new UserError(`${name} already has another meaning; choose another name, as My${name}`);
  }
  return name;
}

function readType(type: string): Template {
  const template = TYPES[type.toUpperCase()];
  if (template) {
    return template;
  }
  throw new UserError(`--type: expected one of ${Object.keys(TYPES).join(', ')}, got "${type}"`);
}

/** The contract with one line for each column. */
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
