import { readFileSync } from 'node:fs';

/** A call of a node, or calls of children at the same time: a list for each child. */
export type ExpectedCall =
  | { readonly node: string; readonly method?: string; readonly path: string; readonly body?: string }
  | { readonly parallel: readonly (readonly ExpectedCall[])[] };

/** The answer of a stub. */
export interface StubAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly contentType?: string;
  readonly delayMs?: number;
  readonly hangUp?: boolean;
  readonly gzip?: boolean;
}

/** A unit as a user writes it. */
export interface UnitJson {
  readonly name: string;
  readonly type?: string;
  readonly implementation?: string;
  readonly methods?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  readonly logger?: { readonly mode: 'request' | 'response' | 'all'; readonly url?: string };
  readonly children?: readonly UnitJson[];
}

/** What the executor answered to a request, and the calls that it made. */
export interface GraphCase {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly graph: UnitJson;
  readonly protocol?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly down?: readonly string[];
  readonly nodes?: Readonly<Record<string, Readonly<Record<string, StubAnswer>>>>;
  readonly models?: Readonly<
    Record<string, { model: string; image: string; parameters?: UnitJson['parameters'] }>
  >;
  readonly request: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly expect: {
    readonly status?: number;
    readonly body?: string;
    readonly json?: unknown;
    readonly jsonContains?: object;
    readonly headers?: Readonly<Record<string, string | null>>;
    readonly connectionCloses?: boolean;
    readonly processDies?: boolean;
  };
  readonly calls: readonly ExpectedCall[];
  readonly callHeaders?: readonly {
    readonly node: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
  readonly events?: readonly { readonly type: string; readonly modelid: string; readonly body: string }[];
  readonly ours?: { readonly status?: number; readonly reason?: string; readonly note?: string };
}

/** The recorded cases of the executor. */
export function graphCases(): readonly GraphCase[] {
  const text = readFileSync(new URL('../../fixtures/graph/cases.jsonl', import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => slowed(JSON.parse(line)));
}

/**
 * How much longer the times of a case with a deadline are than they were recorded: 60 ms between an answer and
 * its deadline pass by themselves on a machine that does other work.
 */
const SLOWER = 8;

const TIMEOUT = 'seldon.io/rest-timeout';

/** The case with each of its times longer by the same factor; one without a deadline as it is. */
function slowed(each: GraphCase): GraphCase {
  const { annotations, nodes } = each;
  const timeout = annotations?.[TIMEOUT];
  if (timeout === undefined || nodes === undefined) {
    return each;
  }
  const slowedNodes = Object.entries(nodes).map(([name, answers]) => {
    const slowedAnswers = Object.entries(answers).map(([path, { delayMs = 0, ...answer }]) => [
      path,
      { ...answer, delayMs: SLOWER * delayMs },
    ]);
    return [name, Object.fromEntries(slowedAnswers)];
  });
  return {
    ...each,
    annotations: { ...annotations, [TIMEOUT]: `${SLOWER * Number(timeout)}` },
    nodes: Object.fromEntries(slowedNodes),
  };
}

/** A call that arrived. */
export interface ArrivedCall {
  readonly node: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes the expected calls off the front of the list of arrived ones; what is left did not match. */
export function unmatched(
  expected: readonly ExpectedCall[],
  arrived: readonly ArrivedCall[],
): { readonly missing: readonly ExpectedCall[]; readonly extra: readonly ArrivedCall[] } {
  let left = [...arrived];
  const missing: ExpectedCall[] = [];
  for (const call of expected) {
    if ('parallel' in call) {
      const among = left.splice(0, countOf([call]));
      for (const branch of call.parallel) {
        // The calls of a branch come in order, with those of other branches in between.
        const names = new Set(namesOf(branch));
        const result = unmatched(
          branch,
          among.filter(({ node }) => names.has(node)),
        );
        missing.push(...result.missing);
        left = [...result.extra, ...left];
      }
    } else {
      const [next] = left;
      if (next !== undefined && isSame(call, next)) {
        left.shift();
      } else {
        missing.push(call);
      }
    }
  }
  return { missing, extra: left };
}

function countOf(calls: readonly ExpectedCall[]): number {
  return calls.reduce((sum, call) => sum + ('parallel' in call ? countOf(call.parallel.flat()) : 1), 0);
}

function namesOf(calls: readonly ExpectedCall[]): string[] {
  return calls.flatMap((call) => ('parallel' in call ? namesOf(call.parallel.flat()) : [call.node]));
}

function isSame(expected: Exclude<ExpectedCall, { parallel: unknown }>, arrived: ArrivedCall): boolean {
  const { node, method = 'POST', path, body } = expected;
  return (
    node === arrived.node &&
    method === arrived.method &&
    path === arrived.path &&
    (body === undefined || sorted(jsonOf(body)) === sorted(arrived.body))
  );
}

/** The value of JSON text; the text itself where it is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON text with the members of all objects in one order. */
export function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
