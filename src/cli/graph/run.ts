import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSettings } from '../../bundle/settings.ts';
import { UserError } from '../../bundle/user-error.ts';
import type { OwnFunctions } from '../../deploy/graph/states/function-name.ts';
import { machineOf } from '../../deploy/graph/states/machine.ts';
import { wordsOf } from '../../deploy/graph/states/words.ts';
import { unitsTable } from '../../deploy/graph/units-table.ts';
import { readModels } from '../../deploy/project/models.ts';
import type { LoadedGraph } from '../../graph/load-graph.ts';
import { sentencesOf } from '../../graph/notes.ts';
import { graphIn } from '../project-graph.ts';

/** The options of the command as they are typed. */
export interface Options {
  readonly asl: boolean;
  readonly predictor?: string;
  readonly stack?: string;
}

/**
 * Prints where the units of the graph of the working folder run, or its state machine. Nothing is written.
 *
 * @param file - of the graph; default: that of the project.
 * @throws UserError for a graph that cannot work, or cannot be a state machine.
 */
export async function printGraph(file: string | undefined, options: Options): Promise<void> {
  checkOptions(options);
  if (file !== undefined && !existsSync(file)) {
    throw new UserError(`there is no file ${resolve(file)}; expected that of a graph`);
  }
  const root = process.cwd();
  const graph = await graphIn(root, file);
  if (graph === undefined) {
    throw new UserError('there is no graph; expected its file, or graph.yaml in this folder');
  }
  warn(sentencesOf(graph.notes));
  if (!options.asl) {
    console.log(unitsTable(graph));
    return;
  }
  const { plan, source } = graph;
  if (plan.protocol !== undefined) {
    throw new UserError(
      `${source.name}: the protocol is ${plan.protocol}; expected that of Seldon, whose messages go from one ` +
        'function to the next as they are',
    );
  }
  const predictor = predictorOf(graph, options.predictor);
  const comment = `The graph ${plan.deployment}, predictor ${predictor.name}: its input is a SeldonMessage`;
  const text = machineOf(predictor, comment, ownFunctions(root, options.stack));
  warn(wordsOf(plan, predictor));
  console.log(text);
}

/** @throws UserError for an option that would change nothing, and for a stack of which no function can be. */
function checkOptions({ asl, predictor, stack }: Options): void {
  const given = predictor === undefined ? stack !== undefined && '--stack' : '--predictor';
  if (!asl && given) {
    throw new UserError(`${given} is for a state machine; expected --asl, too`);
  }
  if (stack !== undefined && !/^[\w-]{1,63}$/.test(stack)) {
    throw new UserError(
      `--stack is ${JSON.stringify(stack)}; expected service and stage, such as shop-prod: up to 63 letters, ` +
        'digits, hyphens and underscores, with which the names of functions begin',
    );
  }
}

function warn(sentences: readonly string[]): void {
  for (const sentence of sentences) {
    console.warn(`warning: ${sentence}`);
  }
}

type PredictorPlan = LoadedGraph['plan']['predictors'][number];

/** The predictor that is named, or the only one that answers. */
function predictorOf({ plan: { predictors }, source }: LoadedGraph, name: string | undefined): PredictorPlan {
  const wanted = predictors.filter((each) => (name === undefined ? !each.isShadow : each.name === name));
  const [predictor] = wanted;
  if (predictor === undefined || wanted.length > 1) {
    const names = predictors.map((each) => each.name).join(', ');
    const problem = name === undefined ? 'several predictors answer' : `there is no predictor ${name}`;
    throw new UserError(`${source.name}: ${problem}; expected --predictor with one of ${names}`);
  }
  return predictor;
}

/** The functions of the classes, by serverless.yml as it is written: without what its variables stand for. */
function ownFunctions(root: string, given: string | undefined): OwnFunctions {
  const { service, models, modelFolder } = readSettings(root);
  const stack = typeof service === 'string' && /^[\w-]+$/.test(service) ? `${service}-dev` : undefined;
  return {
    stack: given ?? stack,
    models: models === undefined ? [] : readModels({ models, modelFolder } as never, root),
  };
}
