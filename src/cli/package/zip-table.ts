import type { Package } from '../../bundle/package.ts';

/** The table shows no more files than this: the largest ones. */
const MAX_ROWS = 100;

/** Every file of a zip with its size, its zipped size and its share of the zip; then the total. */
export function zipTable({ entries, zippedBytes }: Package): string {
  const bySize = [...entries].sort((a, b) => b.zippedSize - a.zippedSize);
  const shown = entries.length > MAX_ROWS ? bySize.slice(0, MAX_ROWS) : entries;
  const others = bySize.slice(shown.length);
  const rows = [
    ...shown,
    ...(others.length > 0 ? [sum(`${others.length} smaller files`, others)] : []),
    { ...sum('total', entries), zippedSize: zippedBytes },
  ];
  const width = Math.max(...shown.map(({ path }) => path.length));
  return [
    toLine(width, ['file', 'bytes', 'zipped kB', 'share']),
    ...rows.map(({ path, size, zippedSize }) => {
      const share = `${Math.round((100 * zippedSize) / zippedBytes)} %`;
      return toLine(width, [path, `${size}`, (zippedSize / 1000).toFixed(1), share]);
    }),
  ].join('\n');
}

function sum(path: string, entries: Package['entries']): Package['entries'][number] {
  const total = (key: 'size' | 'zippedSize') => entries.reduce((bytes, entry) => bytes + entry[key], 0);
  return { path, size: total('size'), zippedSize: total('zippedSize') };
}

function toLine(width: number, [path, bytes, zipped, share]: [string, string, string, string]): string {
  return [path.padEnd(width), bytes.padStart(11), zipped.padStart(11), share.padStart(6)].join('  ');
}
