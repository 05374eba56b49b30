import { UserError } from '../bundle/user-error.ts';
import { isRecord } from '../runtime/objects.ts';
import type { Compiled, CompileSettings } from './deployment.ts';
import { FORMATS } from './formats/index.ts';
import { brief } from './part.ts';
import { readDocuments } from './read-documents.ts';

/**
 * Compiles a graph as it is written, in YAML or JSON, to its plan. Other documents of the same text are left
 * alone.
 *
 * @param from - the text's file, for messages, all of which begin with it.
 * @throws UserError in one sentence, for a text that has no graph, or one that cannot work.
 */
export async function compileGraph(text: string, from: string, settings: CompileSettings): Promise<Compiled> {
  try {
    const { format, document } = findGraph(readDocuments(text));
    return await format.toPlan(document, settings);
  } catch (error) {
    if (error instanceof UserError) {
      throw new UserError(`${from}: ${error.message}`);
    }
    throw error;
  }
}

function findGraph(documents: readonly unknown[]) {
  // A list of Kubernetes, as `kubectl get -o yaml` writes it.
  const all = documents.flatMap((each) =>
    isRecord(each) && each.kind === 'List' && Array.isArray(each.items) ? each.items : [each],
  );
  const found = all.flatMap((document) => {
    const format = FORMATS.find(({ matches }) => matches(document));
    return format === undefined ? [] : [{ format, document }];
  });
  const [only, ...others] = found;
  if (only === undefined) {
    throw new UserError(`${describe(all)}; expected kind: SeldonDeployment or InferenceGraph`);
  }
  if (others.length > 0) {
    throw new UserError(`has ${found.length} graphs; expected one`);
  }
  return only;
}

function describe(documents: readonly unknown[]): string {
  if (documents.length > 0 && documents.every((each) => isRecord(each) && each.kind === undefined)) {
    return 'has no kind';
  }
  const kinds = documents.map((each) => (isRecord(each) ? brief(each.kind) : brief(each)));
  return kinds.length === 0 ? 'is empty' : `has no graph, but the kinds ${kinds.slice(0, 5).join(', ')}`;
}
