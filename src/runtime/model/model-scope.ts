import type { AsyncLocalStorage } from 'node:async_hooks';

/** Runs code of one model, so that `modelFile()`, which has no receiver, knows whose files are meant. */
export interface ModelScope {
  /** The number of the model in this process, from 1. */
  readonly number: number;
  /**
   * Runs code of the model. With several models, a result that is a promise of another kind is asked for its
   * value at once, while the model's code is still known.
   *
   * @param folder - of the model's files, an absolute path.
   */
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
  const number = ++models.count;
  return {
    number,
    run(folder, code) {
      if (models.count === 1) {
        models.folder = folder;
        return code();
      }
      const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
      models.storage ??= new AsyncLocalStorage();
      return models.storage.run(folder, () => settled(code()));
    },
  };
}

/** A query builder, for example, does its work when `then` is called, which `await` would do elsewhere. */
function settled<T>(result: T): T {
  if (result instanceof Promise || typeof (result as PromiseLike<unknown> | null)?.then !== 'function') {
    return result;
  }
  const { then } = result as unknown as PromiseLike<unknown>;
  // Whoever awaits it cannot tell the difference.
  return new Promise((resolve, reject) => then.call(result, resolve, reject)) as T;
}

/**
 * The folder of the model whose code is running; undefined outside of any. With several models, code that runs
 * for none of them gets no folder rather than another model's.
 */
export function currentModelFolder(): string | undefined {
  return hasSeveralModels() ? models.storage?.getStore() : models.folder;
}

/** Whether this process has several models. */
export function hasSeveralModels(): boolean {
  return models.count > 1;
}
