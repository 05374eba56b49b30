import { checkReply, type Expectation } from './check.ts';
import { type Client, NoAnswer, post, type Reply } from './client.ts';
import { ENDPOINTS } from './endpoint.ts';
import type { Fault } from './fault.ts';
import type { Message, Protocol, Requested } from './protocols/protocol.ts';
import { drawSample, type Sample, shrinkSample } from './sample.ts';

/** All that a run needs: the contract, the host and the options. */
export interface Plan extends Requested {
  readonly protocol: Protocol;
  readonly client: Client;
  readonly requests: number;
  /** Rows of a request. */
  readonly batch: number;
  readonly seed: number;
  /** Upper limit of the 99th percentile, in milliseconds. */
  readonly p99: number | undefined;
  /** Shows each request and its answer; undefined: nothing is shown. */
  readonly print?: ((exchange: Exchange) => void) | undefined;
}

/** A request and its answer. */
export interface Exchange {
  readonly request: Message;
  /** Undefined when there was no answer. */
  readonly reply: Reply | undefined;
}

/** All answers with the same kind of fault. */
export interface Failure extends Fault {
  readonly count: number;
  /** The smallest request found that fails so; undefined when the failure is not about one request. */
  readonly smallest: Exchange | undefined;
}

/** The outcome of a run. */
export interface Run {
  /** Number of requests sent, without those that search for a smaller one. */
  readonly sent: number;
  /** Number of requests that failed. */
  readonly failed: number;
  /** By kind, in the order in which they were found. */
  readonly failures: readonly Failure[];
  /** Milliseconds of each answer, ascending. */
  readonly latencies: readonly number[];
  /** Why not all requests were sent; undefined when they were. */
  readonly ended: string | undefined;
}

/** The most values of a request: Lambda takes 6 MB. */
export const MAX_VALUES = 1_000_000;

/** The number of values that each row of a batch has in all messages of a request. */
export function valuesPerRow(plan: Plan): number {
  const sections = ENDPOINTS[plan.endpoint].sections(plan.contract, plan);
  return sections.reduce((sum, { columns }) => sum + columns.length, 0);
}

/** For more kinds of failures no smaller request is searched. */
const MAX_SHRUNK = 5;
/** After as many requests in a row without an answer the run ends. */
const MAX_SILENCE = 3;

/**
 * Sends the requests one after the other and checks each answer.
 *
 * @param progress - gets a line about the request under way.
 */
export async function runContract(plan: Plan, progress: (text: string) => void): Promise<Run> {
  const { client, requests } = plan;
  const sections = ENDPOINTS[plan.endpoint].sections(plan.contract, plan);
  const failures = new Map<string, Failure>();
  const latencies: number[] = [];
  let [sent, failed, silence] = [0, 0, 0];
  let ended: string | undefined;
  while (sent < requests && ended === undefined) {
    const sample = drawSample(sections, plan.batch, plan.seed, sent);
    const { exchange, fault } = await exchangeSample(plan, sample);
    if (client.stop.aborted) {
      break;
    }
    sent++;
    plan.print?.(exchange);
    if (exchange.reply) {
      latencies.push(exchange.reply.ms);
    }
    silence = exchange.reply ? 0 : silence + 1;
    if (fault) {
      failed++;
      const found = { ...fault, exchange };
      const shrunk = () => {
        progress(`${sent} of ${requests}, making one that fails smaller`);
        return shrink(plan, sample, found);
      };
      await addFailure(failures, found, shrunk);
    }
    ended = reasonToEnd(sent, silence);
    progress(`${sent} of ${requests}`);
  }
  latencies.sort((a, b) => a - b);
  if (client.stop.aborted) {
    ended = 'interrupted';
  }
  const slow = checkLatency(latencies, plan.p99);
  return { sent, failed, failures: [...failures.values(), ...slow], latencies, ended };
}

/** @param silence - number of requests without an answer since the last answer. */
function reasonToEnd(sent: number, silence: number): string | undefined {
  if (sent === 1 && silence === 1) {
    return 'the first request was not answered';
  }
  return silence === MAX_SILENCE ? `${MAX_SILENCE} requests in a row were not answered` : undefined;
}

interface Found extends Fault {
  readonly exchange: Exchange;
}

async function addFailure(
  failures: Map<string, Failure>,
  { exchange, ...fault }: Found,
  shrunk: () => Promise<Failure>,
): Promise<void> {
  const { check } = fault;
  const before = failures.get(check);
  if (before) {
    failures.set(check, { ...before, count: before.count + 1 });
  } else if (failures.size < MAX_SHRUNK) {
    failures.set(check, await shrunk());
  } else {
    failures.set(check, { ...fault, count: 1, smallest: exchange });
  }
}

async function shrink(plan: Plan, failing: Sample, { exchange, ...fault }: Found): Promise<Failure> {
  let smallest: Failure = { ...fault, count: 1, smallest: exchange };
  // Each attempt would take as long as the timeout, and say nothing about the request.
  if (exchange.reply === undefined) {
    return smallest;
  }
  const fails = async (sample: Sample): Promise<boolean> => {
    const { exchange, fault } = await exchangeSample(plan, sample);
    if (fault?.check !== smallest.check) {
      return false;
    }
    smallest = { ...fault, count: 1, smallest: exchange };
    return true;
  };
  const sections = ENDPOINTS[plan.endpoint].sections(plan.contract, plan);
  await shrinkSample(sections, failing, fails, () => plan.client.stop.aborted);
  return smallest;
}

async function exchangeSample(
  plan: Plan,
  sample: Sample,
): Promise<{ exchange: Exchange; fault: Fault | undefined }> {
  const request = plan.protocol.toMessage(plan, sample);
  try {
    const reply = await post(plan.client, request);
    const fault = checkReply(reply, expectationOf(plan, sample), plan.protocol);
    return { exchange: { request, reply }, fault };
  } catch (error) {
    if (!(error instanceof NoAnswer)) {
      throw error;
    }
    const fault = { check: 'no answer', expected: 'an answer', got: error.message };
    return { exchange: { request, reply: undefined }, fault };
  }
}

function expectationOf({ endpoint, contract }: Plan, { rows }: Sample): Expectation {
  const { answers } = ENDPOINTS[endpoint];
  return {
    section: answers === 'anything' ? undefined : contract.targets,
    rows: answers === 'one' ? 1 : rows.length,
    // A router's branch has no name.
    hasNames: answers === 'rows',
  };
}

function checkLatency(latencies: readonly number[], most: number | undefined): Failure[] {
  const p99 = percentile(latencies, 99);
  if (most === undefined || p99 === undefined || p99 <= most) {
    return [];
  }
  const [expected, got] = [`p99 up to ${most} ms`, `${p99.toFixed(1)} ms`];
  return [{ check: 'latency', expected, got, count: 1, smallest: undefined }];
}

/**
 * The smallest value that at least so many percent do not exceed (nearest rank); undefined for an empty list.
 *
 * @param sorted - ascending.
 */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
}
