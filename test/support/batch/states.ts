/**
 * A small interpreter of Amazon States Language, for the tests: no emulator on npm runs a Distributed Map with
 * its reader, batches and result writer. It knows the states and fields that the state machine of this package
 * has, and refuses any other.
 *
 * @see https://states-language.net/
 * @module
 */

/** Any value of JSON. */
type Json = unknown;
type State = Readonly<Record<string, Json>>;
type Definition = { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };

/** The world around an execution. */
export interface World {
  /** Calls the function. An error that it throws has its name as the name of the error. */
  invoke(functionName: string, payload: Json): Promise<Json>;
  /** Reads an object of S3. */
  read(bucket: string, key: string): string;
  /** Writes an object of S3. */
  write(bucket: string, key: string, text: string): void;
  /** Told how many items there are, before the first batch. */
  begin?(items: number): void;
  /** Told that a batch of so many items has failed for good. */
  failed?(items: number): void;
}

/** The last part of the ARN of a map run, which is the folder of its results. */
export const MAP_RUN = 'ad9b5f27-090b-3ac6-9beb-243cd77144a7';

/** A failure of a state, with its name. */
class StateError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** The executions of one Map: those that failed can be run again. */
export interface MapRun {
  readonly counts: { readonly succeeded: number; readonly failed: number; readonly items: number };
  readonly failedItems: number;
  /** How often the function was called. */
  readonly calls: number;
  /** Runs the executions that failed again, and only those. */
  redrive(world?: World): Promise<MapRun>;
}

/** Runs an execution of a state machine whose work is one Distributed Map. */
export async function execute(
  definition: Definition,
  input: Json,
  name: string,
  world: World,
): Promise<MapRun> {
  const context = { Execution: { Name: name } };
  for (let at = definition.StartAt; ; ) {
    const state = stateOf(definition, at);
    if (state.Type === 'Choice') {
      at = choose(state, input, context);
    } else if (state.Type === 'Fail') {
      throw new StateError(String(state.Error), String(state.Cause));
    } else if (state.Type === 'Map') {
      allowOnly(state, MAP_FIELDS);
      return runMap(state, input, context, world);
    } else {
      throw new Error(`the interpreter knows no ${state.Type} here`);
    }
  }
}

const MAP_FIELDS =
  'Type ItemReader ItemSelector ItemBatcher MaxConcurrencyPath ToleratedFailurePercentagePath ItemProcessor ResultWriter End';

function allowOnly(state: State, fields: string): void {
  const unknown = Object.keys(state).filter((field) => !fields.split(' ').includes(field));
  if (unknown.length > 0) {
    throw new Error(`the interpreter knows no ${unknown}`);
  }
}

function stateOf({ States }: Definition, name: string): State {
  const state = States[name];
  if (state === undefined) {
    throw new Error(`there is no state ${name}`);
  }
  return state;
}

interface Batch {
  readonly input: Json;
  readonly items: number;
}

async function runMap(state: State, input: Json, context: Json, world: World): Promise<MapRun> {
  const items = readItems(state.ItemReader as State, input, world);
  const selected = items.map((Value, Index) =>
    fill(state.ItemSelector, input, { ...(context as object), Map: { Item: { Index, Value } } }),
  );
  const batches = toBatches(state.ItemBatcher as State, selected, input, context);
  world.begin?.(items.length);
  return runBatches(state, { batches, input, items: items.length }, world);
}

async function runBatches(
  state: State,
  given: { batches: readonly Batch[]; input: Json; items: number; earlier?: readonly Json[] },
  world: World,
): Promise<MapRun> {
  const { batches, input, items, earlier = [] } = given;
  const processor = state.ItemProcessor as Definition & { ProcessorConfig: { Mode: string } };
  if (processor.ProcessorConfig.Mode !== 'DISTRIBUTED') {
    throw new Error('the interpreter knows the mode DISTRIBUTED only');
  }
  const concurrency = Number(find(String(state.MaxConcurrencyPath), input, {}));
  const tolerated = Number(find(String(state.ToleratedFailurePercentagePath), input, {}));
  const results: Json[] = [];
  const failed: { batch: Batch; error: string }[] = [];
  let calls = 0;
  const counting: World = {
    ...world,
    invoke: (name, payload) => {
      calls++;
      return world.invoke(name, payload);
    },
  };
  const waiting = [...batches];
  const work = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const outcome = await runChild(processor, batch.input, counting).then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.name }),
      );
      if ('error' in outcome) {
        failed.push({ batch, error: outcome.error });
        world.failed?.(batch.items);
      } else {
        results.push(outcome.result);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const all = [...earlier, ...results];
  writeResults(state.ResultWriter as State, { results: all, failed }, input, world);
  const failedItems = failed.reduce((sum, { batch }) => sum + batch.items, 0);
  const run: MapRun = {
    counts: { succeeded: results.length, failed: failed.length, items },
    failedItems,
    calls,
    redrive: (again = world) =>
      runBatches(
        state,
        { batches: failed.map(({ batch }) => batch), input, items: failedItems, earlier: all },
        again,
      ),
  };
  if ((100 * failedItems) / items > tolerated) {
    const error = new StateError(
      'States.ExceedToleratedFailureThreshold',
      `${failedItems} items failed: ${[...new Set(failed.map(({ error }) => error))]}`,
    );
    throw Object.assign(error, { run });
  }
  return run;
}

/** JSON, JSON Lines, the rows of a CSV file by its header, or the rows of the files of an inventory. */
function readItems({ Resource, ReaderConfig, Parameters }: State, input: Json, world: World): Json[] {
  const { Bucket, Key } = fill(Parameters, input, {}) as { Bucket: string; Key: string };
  const { InputType } = ReaderConfig as { InputType: string };
  if (Resource !== 'arn:aws:states:::s3:getObject') {
    throw new Error(`the interpreter cannot read by ${Resource}`);
  }
  const text = world.read(Bucket, Key);
  const lines = (of: string) => of.split('\n').filter((line) => line.trim() !== '');
  switch (InputType) {
    case 'JSON':
      return JSON.parse(text);
    case 'JSONL':
      return lines(text).map((line) => JSON.parse(line));
    case 'CSV': {
      const [header = '', ...rows] = lines(text);
      const names = header.split(',');
      return rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index], cell])));
    }
    case 'MANIFEST': {
      const { files, fileSchema } = JSON.parse(text) as { files: { key: string }[]; fileSchema: string };
      const names = fileSchema.split(', ');
      return files.flatMap(({ key }) =>
        lines(world.read(Bucket, key)).map((row) =>
          Object.fromEntries(row.split(',').map((cell, index) => [names[index], cell.replaceAll('"', '')])),
        ),
      );
    }
    default:
      throw new Error(`the interpreter cannot read ${InputType}`);
  }
}

function toBatches(batcher: State, items: readonly Json[], input: Json, context: Json): Batch[] {
  allowOnly(batcher, 'MaxItemsPerBatchPath MaxInputBytesPerBatch BatchInput');
  const most = Number(find(String(batcher.MaxItemsPerBatchPath), input, context));
  const mostBytes = Number(batcher.MaxInputBytesPerBatch);
  const BatchInput = fill(batcher.BatchInput, input, context);
  const batches: Batch[] = [];
  let Items: Json[] = [];
  let bytes = 0;
  const end = () => {
    if (Items.length > 0) {
      batches.push({ input: { BatchInput, Items }, items: Items.length });
    }
    Items = [];
    bytes = 0;
  };
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (Items.length >= most || bytes + size > mostBytes) {
      end();
    }
    Items.push(item);
    bytes += size;
  }
  end();
  return batches;
}

/** An execution of the item processor, with the limit of 256 KiB for what its states get. */
async function runChild(definition: Definition, input: Json, world: World): Promise<Json> {
  let value = input;
  for (let at = definition.StartAt; ; ) {
    if (Buffer.byteLength(JSON.stringify(value)) > 256 * 1024) {
      throw new StateError('States.DataLimitExceeded', at);
    }
    const state = stateOf(definition, at);
    if (state.Type === 'Task') {
      allowOnly(state, 'Type Resource Parameters OutputPath TimeoutSeconds Retry Next');
      value = await runTask(state, value, world);
      at = String(state.Next);
    } else if (state.Type === 'Choice') {
      at = choose(state, value, {});
    } else if (state.Type === 'Pass' && state.End === true) {
      return find(String(state.OutputPath), value, {});
    } else {
      throw new Error(`the interpreter knows no ${state.Type} here`);
    }
  }
}

/** A call of a function. The pauses between tries are left out. */
async function runTask(state: State, input: Json, world: World): Promise<Json> {
  const { FunctionName, Payload } = fill(state.Parameters, input, {}) as {
    FunctionName: string;
    Payload: Json;
  };
  if (state.Resource !== 'arn:aws:states:::lambda:invoke') {
    throw new Error(`the interpreter cannot call ${state.Resource}`);
  }
  const retriers = state.Retry as readonly { ErrorEquals: readonly string[]; MaxAttempts: number }[];
  for (let tries = 0; ; tries++) {
    try {
      // Lambda gets JSON, and answers it.
      const answer = await world.invoke(FunctionName, JSON.parse(JSON.stringify(Payload)));
      const result = { StatusCode: 200, Payload: JSON.parse(JSON.stringify(answer)) };
      return find(String(state.OutputPath), result, {});
    } catch (error) {
      const retrier = retriers.find(({ ErrorEquals }) => ErrorEquals.includes((error as Error).name));
      if (retrier === undefined || tries >= retrier.MaxAttempts) {
        throw error;
      }
    }
  }
}

function writeResults(
  writer: State,
  { results, failed }: { results: readonly Json[]; failed: readonly { error: string; batch: Batch }[] },
  input: Json,
  world: World,
): void {
  const { Bucket, Prefix } = fill(writer.Parameters, input, {}) as { Bucket: string; Prefix: string };
  const { Transformation, OutputType } = writer.WriterConfig as Record<string, string>;
  if (Transformation !== 'COMPACT' || OutputType !== 'JSONL') {
    throw new Error('the interpreter writes COMPACT and JSONL only');
  }
  const lines = (values: readonly Json[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const failures = failed.map(({ error, batch }) => ({ Error: error, Input: JSON.stringify(batch.input) }));
  const folder = `${Prefix}/${MAP_RUN}`;
  world.write(Bucket, `${folder}/SUCCEEDED_0.jsonl`, lines(results));
  world.write(Bucket, `${folder}/FAILED_0.jsonl`, lines(failures));
  const manifest = {
    DestinationBucket: Bucket,
    ResultFiles: {
      FAILED: [{ Key: `${folder}/FAILED_0.jsonl` }],
      PENDING: [],
      SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.jsonl` }],
    },
  };
  world.write(Bucket, `${folder}/manifest.json`, JSON.stringify(manifest));
}

function choose(state: State, input: Json, context: Json): string {
  const choices = state.Choices as readonly Readonly<Record<string, Json>>[];
  const chosen = choices.find(({ Variable, StringEquals, IsPresent }) => {
    const value = find(String(Variable), input, context);
    return StringEquals === undefined ? (value !== undefined) === IsPresent : value === StringEquals;
  });
  return String(chosen?.Next ?? state.Default);
}

/** A payload template: members whose names end in `.$` are paths. */
function fill(template: Json, input: Json, context: Json): Json {
  if (typeof template !== 'object' || template === null) {
    return template;
  }
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), find(String(value), input, context)]
        : [name, fill(value, input, context)],
    ),
  );
}

/** The value at a path of names and one place: `$.a.b`, `$$.c`, `$.list[0]`. */
function find(path: string, input: Json, context: Json): Json {
  const [, root, rest = ''] = /^(\$\$?)((?:\.\w+|\[\d+\])*)$/.exec(path) ?? [];
  if (root === undefined) {
    throw new Error(`the interpreter cannot read the path ${path}`);
  }
  return (rest.match(/\w+/g) ?? []).reduce<Json>(
    (value, name) => (Object(value) as Record<string, Json>)[name],
    root === '$' ? input : context,
  );
}
