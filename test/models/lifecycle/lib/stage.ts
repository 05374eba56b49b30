/** State that a test and its models share. Modules are imported anew at every deployment; this stays. */
export interface Stages {
  /** How often each stage was entered. */
  counts: Record<string, number>;
  /** How often each stage still fails, and with what. */
  failures: Record<string, { times: number; thrown: unknown }>;
}

/** The stages of the test that runs now, as it stubbed them. */
export function stages(): Stages {
  return Reflect.get(globalThis, 'stages');
}

/** Counts one more entry of a stage, and fails as often as the test wants it to. */
export function enter(stage: string): void {
  const { counts, failures } = stages();
  counts[stage] = (counts[stage] ?? 0) + 1;
  const failure = failures[stage];
  if (failure === undefined || failure.times <= 0) {
    return;
  }
  failure.times--;
  throw failure.thrown;
}
