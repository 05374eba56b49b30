/**
 * A small interpreter of Amazon States Language, for the state machines of graphs. It knows the states and
 * fields that they have, and refuses any other.
 *
 * @see https://states-language.net/
 * @module
 */

type Json = unknown;
type State = Readonly<Record<string, Json>>;
export type Machine = { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };

/** The world around an execution. */
export interface World {
  /** Calls a function directly. */
  invoke(functionName: string, payload: Json): Promise<Json>;
  /** Draws a whole number from `start` up to `end`. */
  random(start: number, end: number): number;
}

/** Runs an execution. @throws an error with the name of that of the machine. */
export async function execute({ StartAt, States }: Machine, input: Json, world: World): Promise<Json> {
  let value = input;
  for (let at: string | undefined = StartAt; at !== undefined; ) {
    const { Type, Next, End, ...state } = States[at] as State;
    const next = RUN[String(Type)];
    if (next === undefined || (Next === undefined && End !== true && Type !== 'Choice' && Type !== 'Fail')) {
      throw new Error(`the interpreter cannot run ${at}`);
    }
    const done = await next(state, value, world);
    value = done.value;
    at = done.next ?? (Next as string | undefined);
  }
  return value;
}

type Run = (state: State, input: Json, world: World) => Promise<{ value: Json; next?: string }>;

const RUN: Readonly<Record<string, Run>> = {
  async Pass(state, input, world) {
    only(state, ['Parameters', 'OutputPath']);
    const filled = state.Parameters === undefined ? input : fill(state.Parameters, input, world);
    return { value: found(state.OutputPath, filled) };
  },
  async Task(state, input, world) {
    only(state, ['Resource', 'Parameters', 'TimeoutSeconds', 'Retry', 'OutputPath', 'ResultPath']);
    if (state.Resource !== 'arn:aws:states:::lambda:invoke') {
      throw new Error(`the interpreter cannot call ${state.Resource}`);
    }
    const { FunctionName, Payload } = fill(state.Parameters, input, world) as {
      FunctionName: string;
      Payload: Json;
    };
    // Lambda gets JSON, and answers it.
    const answer = await world.invoke(FunctionName, JSON.parse(JSON.stringify(Payload)));
    const result = { StatusCode: 200, Payload: JSON.parse(JSON.stringify(answer)) };
    const at = /^\$\.(\w+)$/.exec(String(state.ResultPath ?? ''))?.[1];
    return {
      value: found(state.OutputPath, at === undefined ? result : { ...(input as object), [at]: result }),
    };
  },
  async Parallel(state, input, world) {
    only(state, ['Branches', 'OutputPath']);
    const branches = state.Branches as readonly Machine[];
    const value = await Promise.all(branches.map((branch) => execute(branch, structuredClone(input), world)));
    return { value: found(state.OutputPath, value) };
  },
  async Choice(state, input) {
    only(state, ['Choices', 'Default']);
    const rules = state.Choices as readonly Readonly<Record<string, Json>>[];
    return { value: input, next: String(rules.find((rule) => holds(rule, input))?.Next ?? state.Default) };
  },
  async Fail({ Error: name, Cause }) {
    throw Object.assign(new Error(String(Cause)), { name });
  },
};

function only(state: State, fields: readonly string[]): void {
  const unknown = Object.keys(state).filter((field) => !fields.includes(field));
  if (unknown.length > 0) {
    throw new Error(`the interpreter knows no ${unknown}`);
  }
}

function holds({ Next: _, Variable, ...rule }: Readonly<Record<string, Json>>, input: Json): boolean {
  const [[operator, operand] = ['', undefined]] = Object.entries(rule);
  const value = Variable === undefined ? undefined : found(Variable, input);
  switch (operator) {
    case 'Or':
      return (operand as Record<string, Json>[]).some((each) => holds(each, input));
    case 'And':
      return (operand as Record<string, Json>[]).every((each) => holds(each, input));
    case 'IsPresent':
      return (value !== undefined) === operand;
    case 'NumericEquals':
      return value === operand;
    case 'NumericLessThan':
      return typeof value === 'number' && value < Number(operand);
    default:
      throw new Error(`the interpreter knows no ${operator}`);
  }
}

/** A payload template: members whose names end in `.$` are paths, or a draw. */
function fill(template: Json, input: Json, world: World): Json {
  if (typeof template !== 'object' || template === null) {
    return template;
  }
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      const [, start, end] = /^States\.MathRandom\((\d+), (\d+)\)$/.exec(String(value)) ?? [];
      const filled = () =>
        start === undefined ? found(value, input) : world.random(Number(start), Number(end));
      return name.endsWith('.$') ? [name.slice(0, -2), filled()] : [name, fill(value, input, world)];
    }),
  );
}

/** The value at a path of names and places: `$.a.b`, `$[0]`; undefined: the whole input. */
function found(path: Json = '$', input: Json): Json {
  const [, rest] = /^\$((?:\.\w+|\[\d+\])*)$/.exec(String(path)) ?? [];
  if (rest === undefined) {
    throw new Error(`the interpreter cannot read the path ${path}`);
  }
  return (rest.match(/\w+/g) ?? []).reduce<Json>((value, name) => Object(value)[name], input);
}
