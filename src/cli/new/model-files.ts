import { posix } from 'node:path';
import { UserError } from '../../bundle/user-error.ts';
import { TEMPLATES } from './templates/index.ts';
import type { Template } from './templates/template.ts';

/** A model to write. */
export interface NewModel {
  /** Of the class and its files. */
  readonly name: string;
  readonly template: Template;
  /** The folder of the models, relative to the project, with `/`. */
  readonly folder: string;
  /** The module that the test imports `test` from. */
  readonly runner: Runner;
}

/** The test runners that a test can be written for. */
export type Runner = 'node:test' | 'vitest';

/** @throws UserError naming the types. */
export function readType(type: string): Template {
  const template = TEMPLATES[type.toUpperCase()];
  if (template) {
    return template;
  }
  throw new UserError(`--type: expected one of ${Object.keys(TEMPLATES).join(', ')}, got "${type}"`);
}

/** The files of a model, by their paths in the project. */
export function modelFiles({ name, template, folder, runner }: NewModel): Record<string, string> {
  const { source, contract, test } = template;
  return {
    [`${folder}/${name}.ts`]: source(name),
    [`${folder}/${name}.contract.json`]: toJson(contract),
    [`test/${name}.test.ts`]: `${importsOf(name, folder, runner)}\n\n${test(name)}`,
  };
}

/** Sorted as formatters sort them: node's modules, packages, files. */
function importsOf(name: string, folder: string, runner: Runner): string {
  const [ofNode, ofPackage] = [
    "import assert from 'node:assert/strict';",
    "import { serve } from 'seldon-lambda/testing';",
  ];
  const ofRunner = `import { test } from '${runner}';`;
  const packages = runner === 'vitest' ? [ofPackage, ofRunner] : [ofRunner, ofPackage];
  const file = posix.relative('test', `${folder}/${name}.ts`);
  return [ofNode, ...packages, `import { ${name} } from '${file}';`].join('\n');
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
