import { parseDigits } from '../runtime/json/exact-numbers.ts';
import { stringify } from '../runtime/json/write-json.ts';
import type { Reply } from './client.ts';
import type { Message } from './protocols/protocol.ts';
import { type Failure, type Plan, percentile, type Run } from './run.ts';

/** Longer bodies are cut, in characters; `--json` has all of them. */
const MAX_TEXT = 600;
/** More kinds of failures than these are only counted. */
const MAX_FAILURES = 5;

/** Whether all requests were sent and none failed. */
export function isPassed({ failures, ended }: Run): boolean {
  return failures.length === 0 && ended === undefined;
}

function verdictOn(run: Run): string {
  if (isPassed(run)) {
    return 'passed';
  }
  return run.failures.length === 0 ? 'stopped' : 'FAILED';
}

/** The report as text for people. */
export function toText(plan: Plan, run: Run): string {
  const { client, contract, seed } = plan;
  const { sent, failed, failures, ended } = run;
  if (sent === 1 && ended !== undefined && run.latencies.length === 0 && failures[0]) {
    return `${client.url} does not answer: ${failures[0].got}`;
  }
  const blocks = failures.slice(0, MAX_FAILURES).map((failure) => toBlock(plan, run, failure));
  const more = failures.length - blocks.length;
  const sums = [
    `${verdictOn(run)}: ${sent - failed} of ${plan.requests} requests were answered as the contract says`,
    failed > 0 && `, ${failed} were not`,
    ended !== undefined && `, ${plan.requests - sent} were not sent: ${ended}`,
  ];
  return [
    ...blocks,
    more > 0 && `and ${more} other kinds of failures; --json shows all\n`,
    sums.filter(Boolean).join(''),
    contract.targets === undefined && 'the contract has no targets: only status and form were checked',
    latencyLine(run.latencies),
    `seed ${seed}: the same requests again with --seed ${seed}`,
  ]
    .filter(Boolean)
    .join('\n');
}

function toBlock(
  { client }: Plan,
  { sent }: Run,
  { check, expected, got, count, smallest }: Failure,
): string {
  const lines = [`FAILED ${check}: expected ${expected}, got ${got}`];
  if (smallest === undefined) {
    return `${lines}\n`;
  }
  const { request, reply } = smallest;
  lines.push(`  in ${count} of ${sent} requests; the smallest that was found:`);
  if (typeof request.body !== 'string') {
    lines.push(`  as JSON: ${cut(request.toJson())}`);
  }
  lines.push(`  ${toCurl(client, request)}`);
  if (reply) {
    lines.push(`  answer: ${toWords(reply, cut)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The command that sends a request again; without credentials. */
function toCurl(client: Plan['client'], { body, headers, toJson }: Message): string {
  const own = Object.entries(headers).filter(([name]) => !(name in client.headers));
  const named = [...own, ...Object.keys(client.headers).map((name) => [name, '...'])];
  const options = [...named.map(([name, value]) => `-H '${name}: ${value}'`), ...curlSignature(client)];
  const curl = `curl ${client.url} ${options.join(' ')}`;
  if (typeof body !== 'string') {
    return `echo ${cut(Buffer.from(body).toString('base64'))} | base64 -d | ${curl} --data-binary @-`;
  }
  const isForm = body !== toJson();
  const data = `${isForm ? 'json=' : ''}${toJson()}`.replaceAll("'", `'\\''`);
  return `${curl} ${isForm ? '--data-urlencode' : '-d'} '${cut(data)}'`;
}

/** An answer for people. `shorten`: for each of its texts. */
export function toWords({ status, text, tail }: Reply, shorten = (long: string) => long): string {
  const bytes = tail === undefined ? '' : ` and in base64 ${shorten(Buffer.from(tail).toString('base64'))}`;
  return `${status} ${shorten(text.trim())}${bytes}`;
}

/** How curl signs the request. */
function curlSignature({ signer }: Plan['client']): readonly string[] {
  if (signer === undefined) {
    return [];
  }
  const token = '-H "x-amz-security-token: $AWS_SESSION_TOKEN"';
  return [
    `--aws-sigv4 aws:amz:${signer.region}:${signer.service}`,
    '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
    ...(signer.hasToken ? [token] : []),
  ];
}

function latencyLine(latencies: readonly number[]): string | undefined {
  if (latencies.length === 0) {
    return undefined;
  }
  const { p50, p90, p99, max } = toLatency(latencies);
  return `latency in ms: p50 ${p50}, p90 ${p90}, p99 ${p99}, max ${max}`;
}

function toLatency(latencies: readonly number[]): Record<'p50' | 'p90' | 'p99' | 'max', number | undefined> {
  const [p50, p90, p99, max] = [50, 90, 99, 100].map((percent) => {
    const value = percentile(latencies, percent);
    return value && Number(value.toFixed(1));
  });
  return { p50, p90, p99, max };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
}

/** The report as one JSON document for other programs. */
export function toJson({ protocol, client, endpoint, seed, requests, batch }: Plan, run: Run): string {
  const failures = run.failures.map(({ smallest, ...failure }) => ({
    ...failure,
    ...(smallest && {
      request: parseDigits(smallest.request.toJson()),
      ...(smallest.reply && { answer: toAnswer(smallest.reply) }),
    }),
  }));
  const { sent, failed, ended } = run;
  return stringify({
    passed: isPassed(run),
    url: client.url,
    protocol: protocol.name,
    endpoint,
    seed,
    batch,
    requests,
    sent,
    failed,
    ...(ended !== undefined && { ended }),
    latencyMs: toLatency(run.latencies),
    failures,
  });
}

function toAnswer({ status, text, tail }: Reply) {
  return { status, body: text, ...(tail && { bytes: Buffer.from(tail).toString('base64') }) };
}
