import { existsSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import type { Target } from '../../batch/target.ts';
import { bundle } from '../../bundle/bundle.ts';
import { isModelFile, pathOf } from '../../bundle/model-sources.ts';
import { UserError } from '../../bundle/user-error.ts';
import { makeBuildFolder } from '../../deploy/build-folder.ts';
import { wordsOf } from '../../deploy/stack/needed.ts';
import { writeBundle } from '../../deploy/write-bundle.ts';
import { modelsOf } from '../project-models.ts';
import { workingProject } from '../working-project.ts';
import { openModel } from './model-target.ts';
import type { BatchSettings } from './settings.ts';

/** A model of a project: its MODEL_NAME, and its file by name. */
interface FoundModel {
  readonly modelName: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Bundles a model of this project, as `start` does, and opens it in threads.
 *
 * @param given - its name, or its file. @param onOutput - gets what the model writes and logs.
 * @throws UserError when there is no such model, or it does not compile.
 */
export async function openProjectModel(
  given: string,
  { method, protocol, workers: threads }: BatchSettings,
  onOutput: (text: string) => void,
): Promise<Target> {
  const project = workingProject();
  const { STATE_URL = '' } = process.env;
  if (method === 'feedback' && ['', 'memory:'].some((start) => STATE_URL.split('//')[0] === start)) {
    throw new UserError(
      '--method feedback with --model: set STATE_URL, or all that the model learns is lost at the end',
    );
  }
  const { modelName, files } = findModel(project, given);
  // The paths of v2 call any kind of class.
  if (protocol === 'seldon') {
    await refuseWithout(METHODS[method], modelName, files);
  }
  const outdir = makeBuildFolder(project);
  writeBundle(join(project, outdir), await bundle({ root: project, models: files, outdir }));
  const folder = join(project, outdir);
  return openModel({
    name: modelName,
    folder,
    ...pathsOf(modelName, method, protocol),
    threads,
    environment: {
      SELDON_LOG_LEVEL: 'ERROR',
      ...process.env,
      ...{ MODEL_NAME: modelName, LAMBDA_TASK_ROOT: folder },
    },
    onOutput,
  });
}

/** The methods of a class that answer the lines. */
const METHODS = { predict: 'predict', feedback: 'sendFeedback' } as const;

/** For a method that is not there, the protocol has an answer: each line would get an empty one. */
async function refuseWithout(method: string, modelName: string, files: FoundModel['files']): Promise<void> {
  const [file = ''] = Object.values(files);
  const words = await wordsOf(file);
  // None when the file does not compile, which is said later.
  if (words.size > 0 && ['', 'Raw', 'Rest'].every((suffix) => !words.has(`${method}${suffix}`))) {
    throw new UserError(`the model ${modelName} has no method ${method}: all answers would be empty`);
  }
}

function pathsOf(name: string, method: BatchSettings['method'], protocol: BatchSettings['protocol']) {
  if (protocol === 'v2') {
    const metadataPath = `/v2/models/${encodeURIComponent(name)}`;
    return { path: `${metadataPath}/infer`, metadataPath };
  }
  return { path: method === 'predict' ? '/predict' : '/send-feedback', metadataPath: '/metadata' };
}

function findModel(project: string, given: string): FoundModel {
  const file = resolve(project, given);
  if (isModelFile(given)) {
    if (!existsSync(file)) {
      throw new UserError(`--model: there is no file ${given}`);
    }
    const { name } = parse(file);
    return { modelName: name, files: { [name]: file } };
  }
  const models = modelsOf(project);
  const path = pathOf(given);
  const found = models[path];
  if (found === undefined) {
    throw new UserError(
      `--model: expected one of ${Object.keys(models).join(', ')}, or a file; got "${given}"`,
    );
  }
  return { modelName: given, files: { [path]: found } };
}
