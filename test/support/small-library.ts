import { writeFiles } from './packages.ts';
import { temporaryFolder } from './project.ts';

/**
 * The folder of a library as small as one can be: one handler, and what models import by the name of this
 * package. For tests of the code and the files of models, whatever the functions are: a bundle of it takes a
 * tenth of the time.
 */
export function smallLibrary(): string {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'handlers/predict.ts': "export { handler } from '../src/handler.ts';",
    'src/handler.ts': 'export const handler = () => undefined;',
    'src/index.ts': 'export const modelFile = (path: string) => path;',
    'src/runtime/endpoints/predict.ts': 'export const predict = {};',
    'package.json': { name: 'seldon-lambda', license: 'Apache-2.0' },
  });
  return folder;
}
