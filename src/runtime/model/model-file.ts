import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from '../../root.ts';
import { SeldonError } from '../errors.ts';
import { currentModelFolder, hasSeveralPlaces } from './model-scope.ts';

/**
 * The absolute path of the folder with the model's files: that of its class, or the copy of MODEL_URI.
 */
export function modelFolder(): string {
  return fileURLToPath(folderUrl());
}

/**
 * The absolute path of a file that belongs to the model, such as its weights.
 *
 * It is the same file under `npm start`, in tests and on Lambda. Write the name as a literal: `npm run
 * package` finds it in the call, and puts the file into the zip.
 *
 * Call it from the model's own code: while the module is evaluated, in the constructor, in `load()` or in a
 * method. Where several models live in one process, each gets its own files; but a module that two models
 * import is evaluated once, and must not call it while it is evaluated.
 *
 * @param name - path within the folder of the model's class, or with MODEL_URI, within the fetched files. It
 *   may be a folder.
 * @param options - `optional: true`: the model does without the file, and gets undefined when it does not
 *   exist. Default: a missing file is an error, here and in `npm run package`.
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the file does not exist, and is not optional.
 * @example this.session = await InferenceSession.create(modelFile('digits.onnx'));
 */
export function modelFile(name: string, options?: { readonly optional?: false }): string;
export function modelFile(name: string, options: { readonly optional: boolean }): string | undefined;
export function modelFile(name: string, options?: { readonly optional?: boolean }): string | undefined {
  const { existsSync } = process.getBuiltinModule('node:fs');
  const folder = folderUrl();
  const file = new URL(name.split('/').map(encodeURIComponent).join('/'), folder);
  if (file.href.startsWith(folder.href) && existsSync(file)) {
    return fileURLToPath(file);
  }
  if (options?.optional) {
    return undefined;
  }
  throw new SeldonError(
    'MICROSERVICE_BAD_PARAMETER',
    `there is no file ${name} in the model's folder ${fileURLToPath(folder)}`,
  );
}

function folderUrl(): URL {
  const folder = currentModelFolder();
  if (folder === undefined && hasSeveralPlaces()) {
    throw new SeldonError(
      'MICROSERVICE_BAD_PARAMETER',
      'modelFile() was not called by the code of a model, and this process has models with several folders',
    );
  }
  return pathToFileURL(`${folder ?? `${ROOT}/models`}/`);
}
