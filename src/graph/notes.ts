/** All that a compiled graph has to tell beside its plan. */
export interface Notes {
  /** Members that only Kubernetes needs, each once. */
  readonly ignored: ReadonlySet<string>;
  /** Sentences about what works, but perhaps not as it was meant. */
  readonly warnings: ReadonlySet<string>;
}

/** Notes that are being taken. */
export interface OpenNotes {
  readonly ignored: Set<string>;
  readonly warnings: Set<string>;
}

/** Without any note yet. */
export function noNotes(): OpenNotes {
  return { ignored: new Set(), warnings: new Set() };
}

/** Names of a list; a document may have thousands that are not known. */
const MOST = 20;

/** The sentences of notes; all that is ignored is one of them. */
export function sentencesOf({ ignored, warnings }: Notes): string[] {
  const names = [...ignored].sort();
  const shown = [...names.slice(0, MOST), ...(names.length > MOST ? [`${names.length - MOST} more`] : [])];
  const all = [...warnings];
  const told = [...all.slice(0, MOST), ...(all.length > MOST ? [`and ${all.length - MOST} more`] : [])];
  return names.length === 0 ? told : [...told, `ignored, as only Kubernetes needs it: ${shown.join(', ')}`];
}
