import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../bundle/user-error.ts';
import type { Targets } from './bind.ts';
import { Part } from './part.ts';
import { readDocuments } from './read-documents.ts';

const VARIABLE = 'SELDON_GRAPH_NODES';

/**
 * Reads where units run, beside the graph: SELDON_GRAPH_NODES over the file of nodes. Each is a mapping of
 * units, or of `predictor/unit`, to targets.
 *
 * @param file - need not exist. @param name - of it, for messages.
 * @throws UserError when one is something else.
 */
export function readNodes(
  file: string,
  name: string,
  { [VARIABLE]: text }: NodeJS.ProcessEnv,
): Targets['nodes'] {
  return new Map([
    ...(existsSync(file) ? entriesOf(readFileSync(file, 'utf8'), name) : []),
    ...(text ? entriesOf(text, VARIABLE) : []),
  ]);
}

function entriesOf(text: string, from: string): [string, { target: string; from: string }][] {
  const part = new Part(documentOf(text, from), from);
  return part.names().map((name) => {
    const target = part.member(name).text();
    return target === undefined
      ? part.member(name).refuse('is empty; expected where the unit runs')
      : [name, { target, from }];
  });
}

function documentOf(text: string, from: string): unknown {
  try {
    const documents = readDocuments(text);
    return documents.length > 1 ? documents : documents[0];
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${from}: ${error.message}`) : error;
  }
}
