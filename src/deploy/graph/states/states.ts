/** A state of Amazon States Language, which says by `Next` or `End` what follows. */
export type State = Readonly<Record<string, unknown>>;

/** A state machine, or a branch of one. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The longest name of a state, in characters. */
const MAX_NAME = 80;
/** More would be no definition: it has a megabyte at most. */
const MAX_STATES = 5000;

/** Names the states of one machine and its branches, which have all different names. */
export class Names {
  readonly #taken = new Set<string>();
  /** How often each was wanted. */
  readonly #counts = new Map<string, number>();

  /** @throws RangeError when there are more than any definition can have. */
  of(wanted: string): string {
    if (this.#taken.size === MAX_STATES) {
      throw new RangeError(`over ${MAX_STATES} states`);
    }
    for (let count = (this.#counts.get(wanted) ?? 0) + 1; ; count++) {
      this.#counts.set(wanted, count);
      const end = count === 1 ? '' : ` (${count})`;
      const name = `${wanted.slice(0, MAX_NAME - end.length)}${end}`;
      if (!this.#taken.has(name)) {
        this.#taken.add(name);
        return name;
      }
    }
  }
}

/** What follows a state; undefined: nothing. */
export function follow(next: string | undefined): State {
  return next === undefined ? { End: true } : { Next: next };
}

/** Errors of Lambda's service: the function has hardly run, and a prediction may be repeated. */
const PASSING = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

const RETRY = [
  { ErrorEquals: PASSING, IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'FULL' },
];

/** A direct invocation of a function. `rest`: where its input comes from, and where its answer goes. */
export function invoke(
  FunctionName: string,
  payload: State,
  timeoutSeconds: number | undefined,
  rest: State,
): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName, ...payload },
    ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
    Retry: RETRY,
    ...rest,
  };
}
