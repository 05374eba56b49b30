/** Statuses of failures that may pass: too many calls, a store that is out of reach, no answer in time. */
const PASSING = [429, 503, 504];

/** Whether the same call may succeed later. */
export function isPassing(status: number): boolean {
  return PASSING.includes(status);
}
