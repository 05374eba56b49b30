Reflect.set(globalThis, 'evaluations', (Reflect.get(globalThis, 'evaluations') ?? 0) + 1);

let tries = 0;

/** Can be loaded at the third try, which it counts in its module. */
export class Slow {
  load() {
    tries++;
    if (tries < 3) {
      throw new Error(`try ${tries}`);
    }
  }

  predict() {
    return [tries];
  }
}
