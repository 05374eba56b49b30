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
 * The models of this process. They belong to the process, as `modelFile()` does, and not to an instance.
 *
 * A single model needs no AsyncLocalStorage, which makes every promise slower before Node 24.
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

/**
 * Asks a promise of another kind for its value at once. A query builder, for example, works when its `then`
 * is called, and `await` would call that outside of the scope.
 */
function settled<T>(result: T): T {
  if (result instanceof Promise || !isThenable(result)) {
    return result;
  }
  const settling: PromiseLike<unknown> = new Promise((resolve, reject) => result.then(resolve, reject));
  // The result of a model's code is only ever awaited, and then the two are the same.
  return settling as typeof result;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * The folder of the model whose code is running; undefined outside of any. With several models, code that
 * runs for none of them gets no folder rather than another model's.
 */
export function currentModelFolder(): string | undefined {
  return hasSeveralModels() ? models.storage?.getStore() : models.folder;
}

/** Whether this process has several models. */
export function hasSeveralModels(): boolean {
  return models.count > 1;
}
