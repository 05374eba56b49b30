/** The default names of the first columns, which are the same for all arrays. */
const FIRST: string[] = [];
/** Names that are kept, at most: 40 kB. */
const MAX_KEPT = 1000;

/** The default names of columns, as the reference gives them: `t:0`, `t:1` and so on. */
export function defaultNames(columns: number): string[] {
  const names = FIRST.slice(0, columns);
  // A loop, because Array.from takes six times as long.
  for (let column = names.length; column < columns; column++) {
    const name = `t:${column}`;
    names.push(name);
    if (column < MAX_KEPT) {
      FIRST.push(name);
    }
  }
  return names;
}
