import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathOf } from '../../bundle/model-sources.ts';
import type { Bundle } from '../../bundle/result.ts';
import { UserError } from '../../bundle/user-error.ts';
import type { LoadedGraph } from '../../graph/load-graph.ts';
import { type Need, needsOf } from '../../graph/needs.ts';
import { startInstance } from '../local/instance.ts';
import { writeFiles } from '../write-bundle.ts';

/** The classes are imported one after the other; one that hangs is not waited for any longer. */
const LIMIT_MS = 30_000;

type Found = { readonly methods: readonly string[] } | { readonly problem: string };

/**
 * Imports the classes of a graph, apart from this process, to see that each has the methods that its nodes
 * call.
 *
 * @param bundle - for this machine. @param folder - to write it to, absolute.
 * @returns sentences about classes that could not be looked at, and may work elsewhere all the same.
 * @throws UserError for a class without a method that it needs.
 */
export async function checkClasses(graph: LoadedGraph, bundle: Bundle, folder: string): Promise<string[]> {
  const needs = needsOf(graph.plan);
  const names = [...new Set(needs.map(({ model }) => model))];
  if (names.length === 0) {
    return [];
  }
  writeFiles(folder, bundle);
  const found = await probe(names, folder);
  const byName = new Map(names.map((name, index) => [name, found[index] ?? NOTHING]));
  const lacking = needs.filter(({ model, method }) => lacks(byName.get(model) ?? NOTHING, method));
  const wrong = lacking.filter(({ method }) => !method.startsWith('transform'));
  if (wrong.length > 0) {
    throw new UserError(wrong.map((need) => `${graph.source.name}: ${toSentence(need, graph)}`).join('\n'));
  }
  const unknown = [...byName].flatMap(([name, each]) =>
    'problem' in each ? [`the class ${name} could not be looked at: ${each.problem.split('\n')[0]}`] : [],
  );
  return [...lacking.map((need) => `${toSentence(need, graph)}: a message passes it as it is`), ...unknown];
}

const NOTHING: Found = { problem: 'it was not imported' };

function lacks(found: Found, method: string): boolean {
  return (
    'methods' in found && !['', 'Raw', 'Rest'].some((suffix) => found.methods.includes(`${method}${suffix}`))
  );
}

function toSentence({ model, method, unit }: Need, { models }: LoadedGraph): string {
  const file = models[pathOf(model)] ?? '';
  return `the unit ${unit} needs the method ${method}, which ${model} in ${file} does not have`;
}

async function probe(names: readonly string[], folder: string): Promise<readonly Found[]> {
  const classes = names.map((name) => ({
    module: join(folder, 'models', `${pathOf(name)}.mjs`),
    exportName: name.split('.').at(-1),
  }));
  const instance = startInstance(
    {
      name: 'class-probe',
      module: fileURLToPath(new URL('../local/class-probe.js', import.meta.url)),
      exportName: 'handler',
      environment: { ...(process.env as Record<string, string>), LAMBDA_TASK_ROOT: folder },
      timeoutMs: LIMIT_MS,
      memorySize: 1024,
    },
    { isQuiet: true },
  );
  const outcome = await instance.invoke(JSON.stringify({ classes }));
  await instance.stop();
  return 'result' in outcome
    ? JSON.parse(outcome.result)
    : names.map(() => ({ problem: outcome.error.errorMessage }));
}
