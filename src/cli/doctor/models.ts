import { bundle } from '../../bundle/bundle.ts';
import { CompileError } from '../../bundle/result.ts';
import { showProgress } from '../progress.ts';
import { listsModels } from '../project-graph.ts';
import { checkList, modelsOf, namesOf } from '../project-models.ts';
import type { Finding, Findings } from './check.ts';

/** The models compile, and export their classes. */
export async function checkModels(project: string, tell: Findings): Promise<Finding[]> {
  showProgress('compiling the models ...');
  try {
    const models = modelsOf(project);
    checkList(project);
    return await compile(project, models, tell);
  } catch (error) {
    if ((error as Error).name !== 'UserError') {
      throw error;
    }
    return linesOf(error).map((text) => tell.fail(text, remedyOf(text)));
  } finally {
    showProgress('');
  }
}

/** Compiles the models; of those that nobody has named, without the ones that `package` leaves out, too. */
async function compile(
  project: string,
  models: Readonly<Record<string, string>>,
  tell: Findings,
): Promise<Finding[]> {
  // In memory: nothing is written.
  const options = { root: project, models, modelNames: namesOf(project), outdir: '.build', isOwnOnly: true };
  try {
    const { warnings } = await bundle(options);
    const names = Object.keys(models).join(', ');
    return [tell.ok(names), ...warnings.map((text) => tell.warn(text, 'correct the model'))];
  } catch (error) {
    const unusable = listsModels(project) ? [] : await unusableOf(options);
    const usable = Object.entries(models).filter(([name]) => !unusable.includes(name));
    if (unusable.length === 0 || usable.length === 0) {
      throw error;
    }
    const text = `without ${unusable.join(', ')}, which serverless.yml does not list: ${linesOf(error).join('; ')}`;
    return [
      ...(await compile(project, Object.fromEntries(usable), tell)),
      tell.warn(text, 'install what the models need that you want to serve'),
    ];
  }
}

/** The models that need packages which are not installed, if nothing else is wrong: only a zip names them. */
async function unusableOf(options: Parameters<typeof bundle>[0]): Promise<readonly string[]> {
  const error = await bundle({ ...options, minify: true }).catch((thrown: unknown) => thrown);
  return error instanceof CompileError ? error.models : [];
}

function linesOf(error: unknown): string[] {
  return (error as Error).message.split('\n');
}

/** The line of a missing package says itself what to do. */
function remedyOf(text: string): string {
  return / is not installed: /.test(text) ? 'install it' : 'correct the model';
}
