/** What a call is of. Seldon's orchestrator has the last two. */
export type Verb = 'predict' | 'route' | 'aggregate';

/** The verb at the end of a path; undefined without one that is known. The colon may be percent-encoded. */
export function verbOf(path: string): Verb | undefined {
  return /(?::|%3[Aa])(predict|route|aggregate)\/?$/.exec(path)?.[1] as Verb | undefined;
}
