import type { AsyncLocalStorage } from 'node:async_hooks';

/** Runs code of one model, so that `modelFile()`, which has no receiver, knows whose files are meant. */
export interface ModelScope {
  /** `folder`: of the model's files, an absolute path. */
  run<T>(folder: string, code: () => T): T;
}

/**
 * The models of this process. It is the process's own, as `modelFile()` is, and not an instance's.
 *
 * One model alone is known without an AsyncLocalStorage, which would make every promise dearer until Node 24.
 */
const models: { count: number; folder: string | undefined; storage: AsyncLocalStorage<string> | undefined } =
  {
    count: 0,
    folder: undefined,
    storage: undefined,
  };

/** Opens the scope of a further model. */
export function openModelScope(): ModelScope {
  models.count++;
  return {
    run(folder, code) {
      if (models.count === 1) {
        models.folder = folder;
        return code();
      }
      const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
      models.storage ??= new AsyncLocalStorage();
      return models.storage.run(folder, code);
    },
  };
}

/** The folder of the model whose code is running; undefined outside of any. */
export function currentModelFolder(): string | undefined {
  return models.storage?.getStore() ?? models.folder;
}

/** Whether this process has several models. */
export function hasSeveralModels(): boolean {
  return models.count > 1;
}
