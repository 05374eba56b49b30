import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import { WRAPPED } from '../../models/graph/wrapped.ts';
import { type ArrivedCall, type GraphCase, jsonOf } from './graph-case.ts';
import { openInvokeApi } from './invoke-api.ts';
import { functionsNode, type Node, openHttpNodes, openServer, stubNode } from './nodes.ts';
import { OURS } from './ours.ts';
import { planOf } from './plan-of.ts';
import { serveGraph } from './serve-graph.ts';
import { stubModel } from './stub-model.ts';

/** Where units run: in the process of the graph, behind Lambda's API, or behind HTTP. */
export type Way = 'local' | 'lambda' | 'http';

/** An event of the payload log. */
export interface LoggedEvent {
  readonly type: string;
  readonly modelid: string;
  readonly body: unknown;
}

/** Why a case is not run; undefined: it is. */
export function notRun({ id }: GraphCase): string | undefined {
  return OURS[id]?.refused ? 'the graph is refused when it is packaged' : undefined;
}

/** Why a unit cannot be a class in the process of the graph; undefined: it can. */
export function notLocal({ nodes = {}, down, protocol }: GraphCase): string | undefined {
  if (protocol !== undefined) {
    return 'a class of this protocol gets arrays, and not the message';
  }
  const answers = Object.values(nodes).flatMap((paths) => Object.values(paths));
  if (down || answers.some(({ hangUp, gzip }) => hangUp || gzip)) {
    return 'a unit in the same process has no connection';
  }
  return answers.some(({ body, contentType }) => contentType || (body && typeof jsonOf(body) === 'string'))
    ? 'the answer of a class is JSON'
    : undefined;
}

/** Serves the graph of a case, and sends its request. `wayOf`: where each unit runs, in the order of the graph. */
export async function runCase(each: GraphCase, wayOf: (index: number) => Way) {
  const arrived: ArrivedCall[] = [];
  const names = namesOf(each);
  const ways = new Map(names.map((name, index) => [name, wayOf(index)]));
  const nodes = new Map<string, Node>();
  const units: Record<string, Partial<UnitSettings>> = {};
  for (const name of names) {
    const { model, image, parameters } = each.models?.[name] ?? {};
    const found = model
      ? {
          name: model,
          importModule: async () => ({}),
          classIn: () => WRAPPED[model as keyof typeof WRAPPED] as never,
        }
      : stubModel(name, each.nodes?.[name] ?? {}, arrived);
    if (ways.get(name) === 'local') {
      units[name] = { found };
    } else if (!each.down?.includes(name)) {
      nodes.set(
        name,
        model
          ? await functionsNode({ found, id: name, image, parameters: JSON.stringify(parameters ?? []) })
          : stubNode(name, each.nodes?.[name] ?? {}, arrived),
      );
    }
  }
  const api = await openInvokeApi((name) => nodes.get(name.replace(/^unit-/, '')));
  const urlOf = await openHttpNodes(nodes);
  const targets = {
    local: (name: string) => `model:${name}`,
    lambda: (name: string) => `lambda:unit-${name}`,
    http: urlOf,
  };
  const events: LoggedEvent[] = [];
  const logger = await openServer(async ({ headers: { 'ce-type': type, 'ce-modelid': modelid } }, event) => {
    events.push({ type: String(type), modelid: String(modelid), body: jsonOf(event.toString()) });
    return { status: 200, headers: {}, body: '' };
  });
  const plan = await planOf(each, (name) => targets[ways.get(name) ?? 'local'](name), logger);
  const served = await serveGraph(plan, units, {
    ...api.environment,
    ...(each.callHeaders && { SELDON_GRAPH_HEADERS: '*' }),
  });
  const { method = 'POST', path, headers, body } = each.request;
  const answer = await served.send({
    method,
    path,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  return { answer, arrived, events };
}

function namesOf({ graph }: GraphCase): string[] {
  const names = (unit: GraphCase['graph']): string[] => [unit.name, ...(unit.children ?? []).flatMap(names)];
  return names(graph);
}
