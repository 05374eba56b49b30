import { ENDPOINT_NAMES } from '../contract/endpoint.ts';
import { isPassed, toJson, toText } from '../contract/report.ts';
import { runContract } from '../contract/run.ts';
import { runCommand } from './command.ts';
import { toPlan } from './contract-plan.ts';

await runCommand({
  name: 'contract',
  summary: 'Sends requests that a contract.json describes to a served model, and checks each answer.',
  usage: 'contract.json http://localhost:9000 [options]',
  takesArguments: true,
  options: {
    endpoint: { type: 'string', default: 'predict', value: 'name', help: ENDPOINT_NAMES.join(', ') },
    path: {
      type: 'string',
      value: 'path',
      help: 'where the endpoint is, below the URL (default: its name)',
    },
    requests: {
      type: 'string',
      short: 'n',
      default: '100',
      value: 'count',
      help: 'number of requests, sent one after the other',
    },
    batch: { type: 'string', short: 'b', default: '1', value: 'rows', help: 'rows in each request' },
    tensor: { type: 'boolean', short: 't', default: false, help: 'send data as tensor, not as ndarray' },
    form: {
      type: 'boolean',
      default: false,
      help: "send the body as form field json=, as Seldon's client does",
    },
    messages: {
      type: 'string',
      default: '2',
      value: 'count',
      help: 'messages that one call of aggregate combines',
    },
    unit: {
      type: 'string',
      value: 'id',
      help:
        'with send-feedback to a router: its PREDICTIVE_UNIT_ID;\n' +
        'targets[0] is sent as the branch that the router chose',
    },
    header: {
      type: 'string',
      multiple: true,
      default: [],
      value: 'header',
      help: "'x-api-key: ...'; may be repeated",
    },
    sigv4: {
      type: 'boolean',
      default: false,
      help: 'sign for IAM, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,\nAWS_SESSION_TOKEN and AWS_REGION',
    },
    print: { type: 'boolean', short: 'p', default: false, help: 'show each request and its answer' },
    timeout: { type: 'string', default: '30000', value: 'ms', help: 'how long to wait for an answer' },
    p99: { type: 'string', value: 'ms', help: 'fail when more than one in 100 answers takes longer' },
    seed: { type: 'string', value: 'number', help: 'make the same requests again (default: random)' },
    json: { type: 'boolean', default: false, help: 'print the report as JSON' },
  },
  exitCodes:
    '0 all answers are as the contract says, 1 some are not, or none came,\n' +
    '2 the command or the contract has to be corrected',
  async run(values, args) {
    const stop = new AbortController();
    const plan = toPlan(values, args, stop.signal);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => stop.abort());
    }
    // Loads the code of fetch, so that the first latency does not include it.
    await fetch('data:,');
    const result = await runContract(plan, showProgress);
    showProgress('');
    console.log(values.json ? toJson(plan, result) : toText(plan, result));
    return exitCodeOf(stop.signal.aborted, isPassed(result));
  },
});

/** 130: a shell's code for a command that SIGINT ended. */
function exitCodeOf(isStopped: boolean, hasPassed: boolean): number {
  if (isStopped) {
    return 130;
  }
  return hasPassed ? 0 : 1;
}

/** Replaces the last line of progress; does nothing where the output is not a terminal. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${text}`);
  }
}
