import { handlerSizes, type Size, sizeOf } from '../../../test/support/code-size.ts';
import type { Bench, Question } from '../../lib/question.ts';
import { toTable } from '../../lib/table.ts';

/** The amount of code, ours and the peers'. */
export interface Sizes {
  readonly handlers: readonly Size[];
  readonly peers: readonly Size[];
}

/** The code that each handler and each peer loads before its first call. */
export const sizes: Question<Sizes> = { measure, show };

async function measure({ artifact }: Bench): Promise<Sizes> {
  return {
    handlers: handlerSizes(artifact.handlers),
    peers: [...artifact.peers].map(([name, built]) => sizeOf(built, `peers/${name}.mjs`)),
  };
}

function show({ handlers, peers }: Sizes): string {
  const line = ({ name, files, minified, gzipped, dependencies }: Size) => [
    name,
    `${files}`,
    ...[minified, gzipped, dependencies].map((bytes) => (bytes / 1000).toFixed(1)),
  ];
  return [
    'Code that is loaded before the first call, kB: each handler with the chunks that it imports; they share most of it.',
    '',
    toTable([
      ['', 'files', 'minified', 'gzipped', 'of dependencies'],
      ...handlers.map(line),
      ...peers.map((peer) => line({ ...peer, name: `(${peer.name})` })),
    ]),
  ].join('\n');
}
