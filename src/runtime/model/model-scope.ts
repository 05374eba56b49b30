import type { AsyncLocalStorage } from 'node:async_hooks';

/** Runs code of one model, so that `modelFile()`, which has no receiver, knows whose files are meant. */
export interface ModelScope {
  /** The number of the model in this process, from 1. */
  readonly number: number;
  /**
   * Runs code of the model. With several places, a result that is a promise of another kind is asked for its
   * value at once, while the model's code is still known.
   *
   * @param folder - of the model's files, an absolute path.
   */
  run<T>(folder: string, code: () => T): T;
}

/**
 * The models of this process. They belong to the process, as `modelFile()` does, and not to an instance.
 *
 * Models with the same folder need no AsyncLocalStorage, which makes every promise slower before Node 24.
 */
const models: {
  count: number;
  /** Where the files of all models come from. */
  readonly places: Set<string>;
  folder: string | undefined;
  storage: AsyncLocalStorage<string> | undefined;
} = { count: 0, places: new Set(), folder: undefined, storage: undefined };

/**
 * Opens the scope of a further model.
 *
 * @param place - the folder or the URI that its files come from. As long as all models have the same, it is
 *   clear whose files are meant.
 */
export function openModelScope(place: string): ModelScope {
  models.places.add(place);
  const number = ++models.count;
  return {
    number,
    run(folder, code) {
      if (!hasSeveralPlaces()) {
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
 * The folder of the model whose code is running; undefined outside of any. With models whose files come from
 * several places, code that runs for none of them gets no folder rather than another model's.
 */
export function currentModelFolder(): string | undefined {
  return hasSeveralPlaces() ? models.storage?.getStore() : models.folder;
}

/** Whether the files of the models come from several places. */
export function hasSeveralPlaces(): boolean {
  return models.places.size > 1;
}

/** Whether this process has several models. */
export function hasSeveralModels(): boolean {
  return models.count > 1;
}
