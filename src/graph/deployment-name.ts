import { readFileSync } from 'node:fs';
import { isRecord } from '../runtime/objects.ts';
import type { GraphSource } from './find-graph.ts';
import { FORMATS } from './formats/index.ts';
import { readDocuments } from './read-documents.ts';

/** The name of a graph's deployment, without a look at the rest; undefined when it cannot be read. */
export function deploymentName({ file }: GraphSource): string | undefined {
  try {
    const documents = file === undefined ? [] : readDocuments(readFileSync(file, 'utf8'));
    const found = documents.find((each) => FORMATS.some(({ matches }) => matches(each)));
    const metadata = isRecord(found) ? found.metadata : undefined;
    return isRecord(metadata) && typeof metadata.name === 'string' ? metadata.name : undefined;
  } catch {
    // A command that needs the graph reports it.
    return undefined;
  }
}
