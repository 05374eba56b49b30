/** The task of the callers of one instance. */
export interface Job {
  /** The unpacked zip, with the model `Counter`. */
  readonly task: string;
  /** Callers at once. */
  readonly writers: number;
  /** Of each of them, at least 2. */
  readonly feedbacks: number;
  /** Whether each feedback has an Idempotency-Key. */
  readonly hasKeys: boolean;
}

/** The outcome of the callers of one instance, in one phase. */
export interface Phase {
  /** Duration of each feedback from its first call to its 200, including the waits in between. */
  readonly latenciesMs: readonly number[];
  /** How often the model's method ran in vain, as another instance's write came first. */
  readonly conflicts: number;
  /** Answers 503. */
  readonly refused: number;
}

/** The outcome of a job. */
export interface Report {
  /** Of the first feedback of each caller, which comes to a new instance. */
  readonly first: Phase;
  /** Of all others. */
  readonly rest: Phase;
}
