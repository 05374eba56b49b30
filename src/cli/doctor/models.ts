import { bundle } from '../../bundle/bundle.ts';
import { showProgress } from '../progress.ts';
import { modelsOf } from '../project-models.ts';
import type { Finding, Findings } from './check.ts';

/** The models compile, and export their classes. */
export async function checkModels(project: string, { ok, warn, fail }: Findings): Promise<Finding[]> {
  showProgress('compiling the models ...');
  try {
    const models = modelsOf(project);
    // In memory: nothing is written.
    const { warnings } = await bundle({ root: project, models, outdir: '.build', isOwnOnly: true });
    const names = Object.keys(models).join(', ');
    return [ok(names), ...warnings.map((text) => warn(text, 'correct the model'))];
  } catch (error) {
    if ((error as Error).name !== 'UserError' && (error as Error).name !== 'CompileError') {
      throw error;
    }
    return (error as Error).message.split('\n').map((text) => fail(text, 'correct the model'));
  } finally {
    showProgress('');
  }
}
