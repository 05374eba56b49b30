import { isSigned } from '../sinks/aws-stand-in.ts';
import { openReceiver, type Received } from '../sinks/receiver.ts';
import { execute, MAP_RUN, type MapRun, type World } from './states.ts';

/** An execution as the fake keeps it. */
interface Kept {
  readonly input: string;
  status: string;
  error?: string | undefined;
  cause?: string | undefined;
  counts: { total: number; succeeded: number; failed: number; aborted: number };
  batches: { succeeded: number; failed: number };
  run?: MapRun | undefined;
  isStopped?: boolean;
}

/** A fake of Step Functions and of the outputs in CloudFormation. */
export interface FakeStepFunctions {
  readonly url: string;
  /** `AWSStepFunctions.StartExecution`, ... and `DescribeStacks`, in order of arrival. */
  readonly operations: string[];
  readonly executions: Map<string, Kept>;
  /** The outputs of the stack `stack`. */
  outputs: Readonly<Record<string, string>>;
  /** The answer to a whole call, in place of the right one; default: the right one. */
  trouble: (operation: string, count: number) => { status: number; code: string } | undefined;
  close(): Promise<void>;
}

type Definition = Parameters<typeof execute>[0];

/**
 * A fake of Step Functions, since no emulator runs a Distributed Map with its reader, batches and redrives. It
 * checks signature, target and content type of each call, answers in the shapes of the API reference, and runs
 * the definition by the interpreter of these tests.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
 */
export async function openFakeStepFunctions(
  definition: Definition,
  machine: string,
  world: World,
): Promise<FakeStepFunctions> {
  const executions = new Map<string, Kept>();
  const operations: string[] = [];
  const counts = new Map<string, number>();

  async function run(kept: Kept, make: (world: World) => Promise<MapRun>): Promise<void> {
    kept.status = 'RUNNING';
    kept.counts.failed = 0;
    kept.batches.failed = 0;
    const watched: World = {
      ...world,
      begin: (items) => {
        kept.counts.total = Math.max(kept.counts.total, items);
      },
      async invoke(name, payload) {
        if (kept.isStopped) {
          throw Object.assign(new Error('stopped'), { name: 'States.Stopped' });
        }
        const before = (payload as { Items: unknown[] }).Items.length;
        const answer = (await world.invoke(name, payload)) as { Items: unknown[] };
        kept.counts.succeeded += before - answer.Items.length;
        return answer;
      },
      failed: (items) => {
        kept.counts.failed += items;
        kept.batches.failed++;
      },
    };
    try {
      kept.run = await make(watched);
      kept.status = kept.isStopped ? 'ABORTED' : 'SUCCEEDED';
    } catch (error) {
      const { name, message, run: failed } = error as Error & { run?: MapRun };
      kept.run = failed;
      kept.status = kept.isStopped ? 'ABORTED' : 'FAILED';
      [kept.error, kept.cause] = [name, message];
    }
  }

  const arnOf = (name: string) => `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
  const find = (arn: unknown) => executions.get(String(arn));
  const countsOf = (values: Readonly<Record<string, number>>) => ({
    ...{ aborted: 0, failed: 0, failuresNotRedrivable: 0, pending: 0, pendingRedrive: 0, resultsWritten: 0 },
    ...{ running: 0, succeeded: 0, timedOut: 0, total: 0 },
    ...values,
  });

  const calls: Readonly<Record<string, (input: Record<string, unknown>) => object | string>> = {
    StartExecution({ stateMachineArn, name, input }) {
      if (stateMachineArn !== machine) {
        return 'StateMachineDoesNotExist';
      }
      const arn = arnOf(String(name));
      if (executions.has(arn)) {
        return 'ExecutionAlreadyExists';
      }
      const kept: Kept = {
        ...{ input: String(input), status: 'RUNNING' },
        counts: { total: 0, succeeded: 0, failed: 0, aborted: 0 },
        batches: { succeeded: 0, failed: 0 },
      };
      executions.set(arn, kept);
      void run(kept, (watched) => execute(definition, JSON.parse(kept.input), String(name), watched));
      return { executionArn: arn, startDate: 1.7e9 };
    },
    DescribeExecution({ executionArn }) {
      const found = find(executionArn);
      if (found === undefined) {
        return 'ExecutionDoesNotExist';
      }
      const { status, input, error, cause } = found;
      const failure = status === 'SUCCEEDED' || status === 'RUNNING' ? {} : { error, cause };
      return { executionArn, stateMachineArn: machine, status, input, ...failure };
    },
    ListMapRuns({ executionArn }) {
      const found = find(executionArn);
      const mapRunArn = `${machine.replace(':stateMachine:', ':mapRun:')}/Jsonl:${String(executionArn).split(':').at(-1)}~${MAP_RUN}`;
      const run = {
        executionArn,
        stateMachineArn: machine,
        mapRunArn: mapRunArn.replace('~', ':'),
        startDate: 1,
      };
      return { mapRuns: found === undefined || found.counts.total === 0 ? [] : [run] };
    },
    DescribeMapRun({ mapRunArn }) {
      const name = String(mapRunArn).split(':').at(-2);
      const { counts: items, batches, status, run } = find(arnOf(String(name))) as Kept;
      const isOver = status !== 'RUNNING';
      return {
        ...{ mapRunArn, status, maxConcurrency: 8, redriveCount: 0, startDate: 1 },
        ...{ toleratedFailureCount: 0, toleratedFailurePercentage: 0 },
        itemCounts: countsOf({ ...items, pending: items.total - items.succeeded - items.failed }),
        executionCounts: countsOf({
          ...batches,
          running: isOver ? 0 : 1,
          total: (run?.counts.succeeded ?? 0) + (run?.counts.failed ?? 0),
        }),
      };
    },
    RedriveExecution({ executionArn, clientToken }) {
      const found = find(executionArn);
      if (found?.run === undefined || found.status !== 'FAILED' || typeof clientToken !== 'string') {
        return 'ExecutionNotRedrivable';
      }
      const failed = found.run;
      void run(found, (watched) => failed.redrive(watched));
      return { redriveDate: 1 };
    },
    StopExecution({ executionArn }) {
      const found = find(executionArn);
      if (found === undefined) {
        return 'ExecutionDoesNotExist';
      }
      found.isStopped = true;
      return { stopDate: 1 };
    },
  };

  function answer(request: Received) {
    const target = String(request.headers['x-amz-target'] ?? '');
    const isStack = target === '';
    const operation = isStack ? String(new URLSearchParams(request.body.toString()).get('Action')) : target;
    if (!isSigned(isStack ? 'cloudformation' : 'states', request)) {
      return refusal(403, 'InvalidSignatureException', 'wrong signature');
    }
    operations.push(operation);
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    const trouble = fake.trouble(operation, count);
    if (trouble !== undefined) {
      return refusal(trouble.status, trouble.code, 'as the test wants it');
    }
    if (isStack) {
      return describeStacks(new URLSearchParams(request.body.toString()), fake.outputs);
    }
    const call = calls[target.replace('AWSStepFunctions.', '')];
    if (call === undefined || request.headers['content-type'] !== 'application/x-amz-json-1.0') {
      return refusal(400, 'UnknownOperationException', target);
    }
    const found = call(JSON.parse(request.body.toString()));
    return typeof found === 'string'
      ? refusal(400, found, 'the fake says so')
      : { status: 200, body: JSON.stringify(found) };
  }

  const receiver = await openReceiver(answer);
  const fake: FakeStepFunctions = {
    url: `http://${receiver.host}`,
    ...{ operations, executions },
    outputs: { BatchRunsArn: machine },
    trouble: () => undefined,
    close: () => receiver.close(),
  };
  return fake;
}

function refusal(status: number, code: string, message: string) {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.swf.service.v2.model#${code}`, message }) };
}

function describeStacks(query: URLSearchParams, outputs: Readonly<Record<string, string>>) {
  if (query.get('StackName') !== 'stack' || query.get('Version') !== '2010-05-15') {
    const message = `Stack with id ${query.get('StackName')} does not exist`;
    const error = `<Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message>`;
    return { status: 400, body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>` };
  }
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue><Description>x</Description></member>`,
  );
  const stack = `<member><StackName>stack</StackName><Outputs>${members.join('\n')}</Outputs></member>`;
  return {
    status: 200,
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}
