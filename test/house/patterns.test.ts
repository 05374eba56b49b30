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
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly value?: unknown;
}

const patterns = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|js)$/.test(file))
  .flatMap(patternsIn);

test('the sources have regular expressions, and this test finds them', () => {
  const found = patterns.map(({ source }) => source);
  // A literal, one with a word put in, and one of the page.
  expect(found).toEqual(expect.arrayContaining(['^\\{(\\w+)\\}$', '<word>([^<]*)</word>', '\\s']));
});

// An answer must take time in proportion to the request. A pattern such as /\d+\.?\d*x/ takes the square of it,
// because the digits can be divided between its parts in many ways.
test.each(patterns)('$file: /$source/$flags takes linear time', { timeout: 300_000 }, ({ source, flags }) => {
  const found = checkSync(source, flags, { timeout: 240_000 });
  expect(found.status, 'attack' in found ? `slow for ${found.attack.pattern}` : '').toBe('safe');
});

function patternsIn(file: string): Pattern[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  const { code } = transformSync(text, { loader: 'ts', target: 'esnext' });
  return nodesIn(parseAst(code)).flatMap((node) => {
    if (node.regex !== undefined) {
      return [{ file, source: node.regex.pattern, flags: node.regex.flags }];
    }
    const isMade = /^(New|Call)Expression$/.test(node.type) && node.callee?.name === 'RegExp';
    return isMade ? [{ file, ...madeBy(node, file) }] : [];
  });
}

/** The pattern of `new RegExp(...)`: one that is written there, with any word where a value is put in. */
function madeBy(node: Node, file: string): Pick<Pattern, 'source' | 'flags'> {
  const [source, flags] = node.arguments ?? [];
  if (source?.type !== 'TemplateLiteral') {
    throw new Error(
      `${file}: write the pattern of new RegExp() as a template there, so that it can be checked`,
    );
  }
  const parts = source.quasis ?? [];
  return { source: parts.map(({ value }) => value.cooked).join('word'), flags: String(flags?.value ?? '') };
}

function nodesIn(tree: unknown): Node[] {
  if (typeof tree !== 'object' || tree === null) {
    return [];
  }
  const inner = Object.values(tree).flatMap(nodesIn);
  return 'type' in tree ? [tree as Node, ...inner] : inner;
}
