import { isPassed, toJson, toText } from '../../contract/report.ts';
import { runContract } from '../../contract/run.ts';
import { meantAddress } from '../meant-address.ts';
import { printable } from '../printable.ts';
import { showProgress } from '../progress.ts';
import { type PlanOptions, toPlan } from './plan.ts';

/**
 * Checks a served model, prints the report, and sets the exit code: 0, 1, or 130 when a signal ended it.
 *
 * @param args - the contract's file and the URL of the host.
 * @throws UserError when an option or the contract is wrong.
 */
export async function checkModel(
  args: readonly string[],
  options: PlanOptions & { readonly json: boolean },
): Promise<void> {
  const stop = new AbortController();
  const plan = toPlan(options, args, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort());
  }
  // Loads the code of fetch, so that the first latency does not include it.
  await fetch('data:,');
  const result = await runContract(plan, showProgress);
  showProgress('');
  console.log(printable(options.json ? toJson(plan, result) : toText(plan, result)));
  const hint = isPassed(result) ? undefined : meantAddress(args[1] ?? '');
  if (hint !== undefined) {
    console.error(hint);
  }
  process.exitCode = exitCodeOf(stop.signal.aborted, isPassed(result));
}

/** 130: a shell's code for a command that SIGINT ended. */
function exitCodeOf(isStopped: boolean, hasPassed: boolean): number {
  if (isStopped) {
    return 130;
  }
  return hasPassed ? 0 : 1;
}
