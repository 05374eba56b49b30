import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { checkSync } from 'recheck';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

const ROOT = new URL('../../src/', import.meta.url);

/** A regular expression of the sources. */
interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** A node of the syntax tree, with the members that are read here. */
interface Node {
  readonly type: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: { readonly name?: string };
  readonly arguments?: readonly Node[];
  readonly quasis?: readonly { readonly value: { readonly cooked: string; readonly raw: string } }[];
  readonly expressions?: readonly Node[];
  /** Of a template with a tag. */
  readonly quasi?: Node;
  readonly name?: string;
  readonly id?: Node;
  readonly init?: Node;
  readonly value?: unknown;
}

/**
 * Rooms that read only what the developer wrote: nobody else can choose a text there. The kernel is not
 * JavaScript, and has no patterns.
 */
const OF_THE_DEVELOPER = /^(bundle|cli|deploy|kernel)\//;

const patterns = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|js)$/.test(file) && !OF_THE_DEVELOPER.test(file))
  .flatMap(patternsIn);

test('the sources have regular expressions, and this test finds them', () => {
  const found = patterns.map(({ source }) => source);
  // A literal, one with a word put in, and one of the page.
  expect(found).toEqual(expect.arrayContaining(['^\\{(\\w+)\\}$', '<word>([^<]*)</word>', '\\s']));
});

// An answer must take time in proportion to the request. A pattern such as /\d+\.?\d*x/ takes the square of
// it, because the digits can be divided between its parts in many ways.
test.each(patterns)('$file: /$source/$flags takes linear time', { timeout: 300_000 }, ({ source, flags }) => {
  const found = check(source, flags);
  if (found.status === 'vulnerable') {
    // It tries some attacks against the clock, which a busy machine loses.
    const { string, pattern } = found.attack;
    expect(cpuMs(new RegExp(source, flags), string), `slow for ${pattern}`).toBeLessThan(MAX_CPU_MS);
  } else {
    expect(found.status).toBe('safe');
  }
});

test('a pattern that takes the square of the time is told from others, however busy the machine is', () => {
  const text = '1'.repeat(30_000);
  expect(cpuMs(/\d+x/, text)).toBeGreaterThan(MAX_CPU_MS);
  expect(cpuMs(/(?<!\d)\d+x/, text)).toBeLessThan(MAX_CPU_MS);
}, 300_000);

const checked = new Map<string, ReturnType<typeof checkSync>>();

/** Checks a pattern once, in however many files it is. */
function check(source: string, flags: string): ReturnType<typeof checkSync> {
  const key = `${flags} ${source}`;
  const found = checked.get(key) ?? checkSync(source, flags, { timeout: 240_000 });
  checked.set(key, found);
  return found;
}

/** For texts of tens of thousands of characters: a thousand times what one pass takes. */
const MAX_CPU_MS = 300;

/** Milliseconds of processor time for one pass over all matches; the best of three, if the first is slow. */
function cpuMs(pattern: RegExp, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least >= MAX_CPU_MS; tries++) {
    const before = process.cpuUsage();
    text.replace(pattern, '');
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

function patternsIn(file: string): Pattern[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  const { code } = transformSync(text, { loader: 'ts', target: 'esnext' });
  const nodes = nodesIn(parseAst(code));
  const constants = constantsIn(nodes);
  return nodes.flatMap((node) => {
    if (node.regex !== undefined) {
      return [{ file, source: node.regex.pattern, flags: node.regex.flags }];
    }
    const isMade = /^(New|Call)Expression$/.test(node.type) && node.callee?.name === 'RegExp';
    return isMade ? [{ file, ...madeBy(node, file, constants) }] : [];
  });
}

/** The pattern of `new RegExp(...)`: one that is written there, with any word where a value is put in. */
function madeBy(
  node: Node,
  file: string,
  constants: ReadonlyMap<string, Node>,
): Pick<Pattern, 'source' | 'flags'> {
  const [pattern, flags] = node.arguments ?? [];
  const source = pattern && textOf(pattern, constants);
  if (source === undefined) {
    throw new Error(
      `${file}: write the pattern of new RegExp() as a template there, so that it can be checked`,
    );
  }
  return { source, flags: String(flags?.value ?? '') };
}

/** The text of a template, of `String.raw`, or of a constant that is one of them; else undefined. */
function textOf(node: Node, constants: ReadonlyMap<string, Node>): string | undefined {
  if (node.type === 'Identifier') {
    const constant = constants.get(node.name ?? '');
    return constant && textOf(constant, constants);
  }
  const template = node.quasi ?? node;
  if (template.type !== 'TemplateLiteral') {
    return undefined;
  }
  const values = (template.expressions ?? []).map((each) => textOf(each, constants) ?? 'word');
  const part = node.quasi === undefined ? 'cooked' : 'raw';
  return (template.quasis ?? []).map(({ value }, index) => value[part] + (values[index] ?? '')).join('');
}

function constantsIn(nodes: readonly Node[]): Map<string, Node> {
  return new Map(
    nodes.flatMap(({ type, id, init }) =>
      type === 'VariableDeclarator' && id?.name !== undefined && init ? [[id.name, init] as const] : [],
    ),
  );
}

function nodesIn(tree: unknown): Node[] {
  if (typeof tree !== 'object' || tree === null) {
    return [];
  }
  const inner = Object.values(tree).flatMap(nodesIn);
  return 'type' in tree ? [tree as Node, ...inner] : inner;
}
