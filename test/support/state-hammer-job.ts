/** What the callers of one instance are to do. */
export interface Job {
  /** The unpacked zip, with the model `Counter`. */
  readonly task: string;
  /** Callers at once. */
  readonly writers: number;
  /** Of each of them. */
  readonly feedbacks: number;
}

/** What came of it. */
export interface Report {
  /** Of each feedback, from its first call to its 200, with what it waited in between. */
  readonly latenciesMs: readonly number[];
  /** How often the model's method ran in vain, as another instance's write came first. */
  readonly conflicts: number;
  /** Answers 503. */
  readonly refused: number;
}
