import type * as z from 'zod/mini';
import { show } from '../show.ts';

/** Describes zod's first issue: its place, what was expected, and what was found. */
export function describeIssues(error: z.core.$ZodError, root: string, input: unknown): string {
  const [first, ...others] = error.issues;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return first === undefined ? root : `${describe(first, root, input)}${more}`;
}

function describe(issue: z.core.$ZodIssue, root: string, input: unknown): string {
  // The branches of a union say more than the union. The branch that got furthest says most, and of several,
  // the one that finds the least.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = issue.errors.toSorted(
      (a, b) => depth(b) - depth(a) || a.length - b.length,
    )[0] as z.core.$ZodIssue[];
    const inner = branch.find(({ path }) => path.length > 0);
    if (inner) {
      return describe({ ...inner, path: [...issue.path, ...inner.path] }, root, input);
    }
  }
  const where = [root, ...issue.path].reduce<string>(
    (path, key) =>
      typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key),
    '',
  );
  return `${where || 'the message'}: expected ${expected(issue)}, got ${found(valueAt(input, issue.path))}`;
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(...issues.map(({ path }) => path.length));
}

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'record' ? 'object' : issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'unrecognized_keys':
      return `no field named ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return issue.errors
        .flat()
        .map((inner) => expected(inner))
        .filter((text, i, all) => all.indexOf(text) === i)
        .join(' or ');
    default:
      return issue.message;
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

function found(value: unknown): string {
  return value === undefined ? 'nothing' : show(value);
}
