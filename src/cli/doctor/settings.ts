import { join } from 'node:path';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { readText } from '../../bundle/read-text.ts';
import { parseSettings } from '../../bundle/settings.ts';
import { writeFiles } from '../../bundle/write-files.ts';
import { lostSlips, parameterMistakes, refusedSlips } from '../../deploy/project/setting-slips.ts';
import { isClone } from '../command-line.ts';
import { existingModels } from '../init/existing-models.ts';
import { missingPlugins, PLUGINS } from '../plugins.ts';
import { hasGraph } from '../project-graph.ts';
import { addToListOrEnd } from '../yaml-list.ts';
import type { Finding, Findings } from './check.ts';

const FILE = 'serverless.yml';

/** serverless.yml has the plugins, the models unless there is a graph, and names that something reads. */
export function checkSettings(project: string, tell: Findings): Finding[] {
  const text = readText(join(project, FILE));
  if (text === undefined) {
    return [tell.fail('is not there', 'write it: npx seldon-lambda init')];
  }
  const settings = parseSettings(text);
  // This repository itself has the plugin as a file, and chooses its model by MODEL_NAME.
  const found = isClone(project)
    ? []
    : [...lackingPlugins(project, text, tell), ...lackingModels(project, text, tell)];
  const slips = [
    ...refusedSlips(settings).map((slip) => tell.fail(slip, 'correct the name')),
    ...parameterMistakes(settings).map((mistake) => tell.fail(mistake, 'correct the parameter')),
    ...lostSlips(settings).map((slip) => tell.warn(slip, 'correct the name, or leave it')),
  ];
  return [...(found.length > 0 ? found : [tell.ok('has the plugins and the models')]), ...slips];
}

function lackingPlugins(project: string, text: string, { fail }: Findings): Finding[] {
  return missingPlugins(parseSettings(text)).map((plugin) =>
    fail(
      `has no plugin ${plugin}`,
      `add it to plugins: [${PLUGINS.join(', ')}]`,
      fixOf(project, text, 'plugins', [plugin]),
    ),
  );
}

function lackingModels(project: string, text: string, { warn }: Findings): Finding[] {
  if ((parseSettings(text).models ?? undefined) !== undefined || hasGraph(project)) {
    return [];
  }
  const models = existingModels(join(project, modelFolderOf(project)));
  return [
    warn(
      'lists no models',
      `name those to deploy: models: [${models.join(', ') || 'MyModel'}]`,
      fixOf(project, text, 'models', models),
    ),
  ];
}

/** Adds entries to a list of the file, which an earlier fix may have changed; undefined where it cannot. */
function fixOf(
  project: string,
  text: string,
  key: string,
  entries: readonly string[],
): (() => string) | undefined {
  const add = (before: string | undefined, entry: string) =>
    before === undefined ? undefined : addToListOrEnd(before, key, entry);
  if (entries.length === 0 || entries.reduce(add, text) === undefined) {
    return undefined;
  }
  return () => {
    const changed = entries.reduce(add, readText(join(project, FILE)) ?? '');
    if (changed !== undefined) {
      writeFiles(project, { changed: { [FILE]: changed } });
    }
    return `${FILE}: added ${entries.join(', ')} to ${key}`;
  };
}
