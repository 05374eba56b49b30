import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../bundle/user-error.ts';
import type { AwsSettings } from '../../runtime/clients/aws-settings.ts';
import { type CallService, openJsonService } from '../../runtime/clients/json-service.ts';
import { SeldonError } from '../../runtime/errors.ts';

/** How an execution stands. `PENDING_REDRIVE`: it is about to run its failed batches again. */
export type ExecutionStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

/** An execution of a state machine. */
export interface Execution {
  readonly status: ExecutionStatus;
  /** JSON. */
  readonly input?: string;
  /** Of an execution that has failed. */
  readonly error?: string;
  readonly cause?: string;
}

/** Numbers of items, or of the executions of their batches. */
export interface MapCounts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly total: number;
}

/** The run of a Distributed Map. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly status: string;
  readonly itemCounts: MapCounts;
  readonly executionCounts: MapCounts;
}

/** Step Functions. Every call but a refusal is tried {@link TRIES} times. */
export interface StepFunctions {
  /**
   * Starts an execution.
   *
   * @returns its ARN.
   * @throws UserError when there is one of this name, or Step Functions refuses it.
   */
  start(machine: string, name: string, input: object): Promise<string>;
  /** @throws UserError when there is no such execution. */
  describe(execution: string): Promise<Execution>;
  /** The run of the execution's Map; undefined: it has not begun. */
  mapRun(execution: string): Promise<MapRun | undefined>;
  /** Runs what has failed again. @throws UserError when nothing can be. */
  redrive(execution: string): Promise<void>;
  /** Ends an execution. */
  stop(execution: string, cause: string): Promise<void>;
}

const SERVICE = {
  service: 'states',
  target: 'AWSStepFunctions',
  contentType: 'application/x-amz-json-1.0',
} as const;
const TRIES = 5;
const FIRST_PAUSE_MS = 200;
const TIMEOUT_MS = 30_000;

/**
 * Opens Step Functions; no connection is made yet.
 *
 * @param endpoint - that of an emulator; undefined: that of AWS.
 * @throws UserError when the region or the credentials are missing.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
 */
export function openStepFunctions(settings: AwsSettings, endpoint: string | undefined): StepFunctions {
  const open = openCall(settings, endpoint);
  const call: CallService = async (operation, input) => {
    for (let tries = 1; ; tries++) {
      try {
        return await open(operation, input, TIMEOUT_MS);
      } catch (error) {
        // A refusal stays one.
        if (tries >= TRIES || error instanceof SeldonError) {
          throw new UserError((error as Error).message);
        }
        await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2));
      }
    }
  };
  return {
    async start(stateMachineArn, name, input) {
      const given = { stateMachineArn, name, input: JSON.stringify(input) };
      return (await call<{ executionArn: string }>('StartExecution', given, TIMEOUT_MS)).executionArn;
    },
    describe: (executionArn) => call<Execution>('DescribeExecution', { executionArn }, TIMEOUT_MS),
    async mapRun(executionArn) {
      const { mapRuns } = await call<{ mapRuns: readonly Pick<MapRun, 'mapRunArn'>[] }>(
        'ListMapRuns',
        { executionArn },
        TIMEOUT_MS,
      );
      const [first] = mapRuns;
      return first && call<MapRun>('DescribeMapRun', { mapRunArn: first.mapRunArn }, TIMEOUT_MS);
    },
    async redrive(executionArn) {
      await call('RedriveExecution', { executionArn, clientToken: crypto.randomUUID() }, TIMEOUT_MS);
    },
    async stop(executionArn, cause) {
      await call('StopExecution', { executionArn, cause }, TIMEOUT_MS);
    },
  };
}

function openCall(settings: AwsSettings, endpoint: string | undefined): CallService {
  try {
    return openJsonService(SERVICE, 'the state machine', settings, endpoint);
  } catch (error) {
    throw error instanceof SeldonError ? new UserError(error.message) : error;
  }
}

/** The ARN of an execution by the name of its run. */
export function executionArnOf(machine: string, name: string): string {
  return `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
}
