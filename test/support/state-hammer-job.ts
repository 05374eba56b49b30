/** The task of the callers of one instance. */
export interface Job {
  /** The unpacked zip, with the model `Counter`. */
  readonly task: string;
  /** Callers at once. */
  readonly writers: number;
  /** Of each of them. */
  readonly feedbacks: number;
}

/** The outcome of a job. */
export interface Report {
  /** Duration of each feedback from its first call to its 200, including the waits in between. */
  readonly latenciesMs: readonly number[];
  /** How often the model's method ran in vain, as another instance's write came first. */
  readonly conflicts: number;
  /** Answers 503. */
  readonly refused: number;
}
