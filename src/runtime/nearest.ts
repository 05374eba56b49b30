/**
 * The known name that `name` is a slip of: the same but for case and underscores, or for one or two letters.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '');
  const slip = plain(name);
  const near = known
    .map((each) => ({ each, distance: distanceOf(slip, plain(each)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  // One letter of a short name, and two of a long one; but `predictRow` is a good name beside `predictRaw`.
  return near !== undefined && near.distance <= allowedIn(near.each) ? near.each : undefined;
}

function allowedIn(name: string): number {
  return name.endsWith('Raw') ? 0 : name.length < 7 ? 1 : 2;
}

/** Levenshtein's distance, with two neighbours that changed places as one step; names are short. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) {
    return 3;
  }
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const [last = [], before = []] = [rows[i - 1], rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const least = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + cost,
      );
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwap ? Math.min(least, (before[j - 2] as number) + 1) : least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] as number;
}
