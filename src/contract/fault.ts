/** A fault of an answer. Answers with the same `check` have the same kind of fault. */
export interface Fault {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
}

/** Makes a fault. */
export function fault(check: string, expected: string, got: string): Fault {
  return { check, expected, got };
}
