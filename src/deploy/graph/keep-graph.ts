import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BundleOptions } from '../../bundle/options.ts';
import type { Bundle } from '../../bundle/result.ts';
import { type GraphProject, type LoadedGraph, loadGraph } from '../../graph/load-graph.ts';
import { sentencesOf } from '../../graph/notes.ts';
import type { GraphPlan } from '../../runtime/graph/plan.ts';
import { makeCheckFolder } from '../build-folder.ts';
import { type KeptBundle, keepBundled, report } from '../keep-bundled.ts';
import { pathsBelow, watchFiles } from '../watch-files.ts';
import { checkClasses } from './check-classes.ts';

/** A graph to serve on this machine. */
export interface GraphServing {
  readonly graph: LoadedGraph;
  readonly project: GraphProject;
  /** The bundle, and the models in it that are no units of the graph. */
  readonly options: BundleOptions;
}

/**
 * Bundles the classes of a graph, now and after each change of one, and compiles the graph again after each
 * change of its file and of the file of nodes. A graph or a class that is refused is reported, and what was
 * written last is still served.
 *
 * @param changed - called when something else has been written, with the plan that is served now.
 * @throws UserError when a class of the first one is refused.
 */
export async function keepGraph(serving: GraphServing, changed: (plan: GraphPlan) => void): Promise<void> {
  const { graph, project } = serving;
  const { source } = graph;
  let told = tell(graph, undefined);
  let served = await open(serving, graph, changed);
  const update = async () => {
    try {
      const next = await loadGraph(source, project);
      watcher.add(Object.values(next.models));
      told = tell(next, told);
      if (isDeepStrictEqual(next.models, served.graph.models)) {
        const isSame = isDeepStrictEqual(next.plan, served.graph.plan);
        served.graph = next;
        if (!isSame) {
          await served.kept.rebuild();
        }
      } else {
        const before = served.kept;
        const start = performance.now();
        served = await open(serving, next, changed);
        await before.stop();
        changed(next.plan);
        console.log(`rebuilt in ${Math.round(performance.now() - start)} ms`);
      }
    } catch (error) {
      report(error);
    }
  };
  let updating = Promise.resolve();
  const watcher = watchFiles(() => {
    watcher.add(pathsBelow(project.modelFolder));
    updating = updating.then(update);
  });
  watcher.add([...(source.file === undefined ? [] : [source.file]), source.nodesFile]);
  // A new file in a folder of models may be that of a unit.
  watcher.add(pathsBelow(project.modelFolder));
}

/** A graph that is served: what is bundled next has this plan. */
interface Served {
  graph: LoadedGraph;
  readonly kept: KeptBundle;
}

async function open(
  { options }: GraphServing,
  graph: LoadedGraph,
  changed: (plan: GraphPlan) => void,
): Promise<Served> {
  const current = { graph };
  const complete = async (bundle: Bundle): Promise<Bundle> => {
    const folder = makeCheckFolder(join(options.root, options.outdir));
    const warnings = await checkClasses(current.graph, bundle, folder);
    const plan = Buffer.from(JSON.stringify(current.graph.plan));
    return {
      ...bundle,
      // First: a function that starts meanwhile reads it.
      files: new Map([['graph.json', plan], ...bundle.files]),
      warnings: [...bundle.warnings, ...warnings],
    };
  };
  const models = { ...options.models, ...graph.models };
  const kept = await keepBundled(
    { ...options, models },
    { changed: () => changed(current.graph.plan), complete },
  );
  return Object.assign(current, { kept });
}

/** Prints the sentences about a graph that have not been printed before. */
function tell(graph: LoadedGraph, before: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const sentences = sentencesOf(graph.notes);
  for (const sentence of sentences.filter((each) => !before.has(each))) {
    console.warn(`warning: ${sentence}`);
  }
  return new Set(sentences);
}
