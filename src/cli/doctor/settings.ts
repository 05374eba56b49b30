import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { isClone } from '../command-line.ts';
import { existingModels } from '../init/existing-models.ts';
import { hasGraph } from '../project-graph.ts';
import { addToList, listedModels, namesIn } from '../yaml-list.ts';
import { type Finding, findings } from './check.ts';

const FILE = 'serverless.yml';
/** In this order: the second works on what the first offers. */
const PLUGINS = ['serverless-offline', 'seldon-lambda/serverless'];

/** serverless.yml has the plugins, and the models unless there is a graph. */
export function checkSettings(project: string): Finding[] {
  const { ok, fail } = findings(FILE);
  const file = join(project, FILE);
  if (!existsSync(file)) {
    return [fail('is not there', 'write it: npx seldon-lambda init')];
  }
  const text = readFileSync(file, 'utf8');
  const { errors } = parseDocument(text, { logLevel: 'silent' });
  if (errors.length > 0) {
    return errors.map(({ message }) => fail(message.split('\n', 1)[0] as string, 'correct the YAML'));
  }
  // This repository itself has the plugin as a file, and chooses its model by MODEL_NAME.
  const found = isClone(project)
    ? []
    : [...lackingPlugins(file, text), ...lackingModels(project, file, text)];
  return found.length > 0 ? found : [ok('has the plugins and the models')];
}

function lackingPlugins(file: string, text: string): Finding[] {
  const { fail } = findings(FILE);
  const plugins = namesIn(text, 'plugins');
  return PLUGINS.filter((plugin) => !plugins.includes(plugin)).map((plugin) =>
    fail(`has no plugin ${plugin}`, `add it to plugins: [${PLUGINS.join(', ')}]`, () =>
      add(file, 'plugins', plugin),
    ),
  );
}

function lackingModels(project: string, file: string, text: string): Finding[] {
  const { warn } = findings(FILE);
  if (listedModels(text).length > 0 || hasGraph(project)) {
    return [];
  }
  const models = existingModels(join(project, modelFolderOf(project)));
  const [first] = models;
  const fix = () => models.map((model) => add(file, 'models', model)).join('\n');
  return [
    warn(
      'lists no models',
      `name those to deploy: models: [${models.join(', ') || 'MyModel'}]`,
      ...(first === undefined ? [] : [fix]),
    ),
  ];
}

function add(file: string, key: string, entry: string): string {
  const text = readFileSync(file, 'utf8');
  const changed = addToList(text, key, entry) ?? `${text.trimEnd()}\n\n${key}:\n  - ${entry}\n`;
  writeFileSync(file, changed);
  return `${FILE}: added ${entry} to ${key}`;
}
