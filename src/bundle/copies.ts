import { join, relative, sep } from 'node:path';
import type { OnResolveArgs } from 'esbuild';
import { SOURCE_TYPE } from './own-code.ts';

/** Files that others get copies of. */
interface Copy {
  /** In src/runtime. */
  readonly files: readonly string[];
  readonly importer: RegExp;
  /** Sets the copies apart from the files themselves, and from other copies. */
  readonly suffix: string;
}

/**
 * Pure functions, few enough for copies: what two lazily imported files share would be one more file for
 * both. What a copy imports of these is copied with it.
 */
const COPIES: readonly Copy[] = [
  { files: ['arrays/half', 'arrays/declared'], importer: /\/binary-(values|bytes)\./, suffix: '?binary' },
  { files: ['arrays/half'], importer: /\/arrays\//, suffix: '?tensors' },
  {
    files: [
      'arrays/datatypes',
      'arrays/short-float32',
      'protocols/tensors/branch',
      'protocols/tensors/columns',
      'protocols/tensors/model-name',
      'protocols/tensors/ports',
      'protocols/tensors/request-json',
      'protocols/tensors/v2-ports',
    ],
    importer: /\/protocols\/tensorflow\//,
    suffix: '?tensorflow',
  },
  {
    // The descriptions of a model in the protocols, without their wires.
    files: [
      'arrays/datatypes',
      'protocols/open-inference/model-metadata',
      'protocols/open-inference/server-metadata',
      'protocols/tensorflow/data-types',
      'protocols/tensorflow/model-asked',
      'protocols/tensorflow/model-status',
      'protocols/tensors/model-name',
      'protocols/tensors/ports',
      'protocols/tensors/v2-ports',
    ],
    importer: /\/runtime\/openapi\//,
    suffix: '?openapi',
  },
];

const pathOf = (file: string) => `src/runtime/${file}${SOURCE_TYPE}`;

/** The files that others get copies of, from the library. */
export const COPIED: readonly string[] = COPIES.flatMap(({ files }) => files.map(pathOf));

/**
 * The suffix of the copy that an importer gets of a file; undefined: it gets the file itself.
 *
 * @param path - of the file. @param args - as esbuild gives them; `pluginData.suffix` is that of a copy which
 * imports the file.
 */
export function copyOf(
  path: string,
  { importer, kind, pluginData }: OnResolveArgs,
  library: string,
): string | undefined {
  const from = `/${relative(library, importer).split(sep).join('/')}`;
  return kind === 'import-statement'
    ? COPIES.find(
        ({ files, importer: by, suffix }) =>
          files.some((file) => path === join(library, pathOf(file))) &&
          // A copy imports copies of its own kind alone.
          (pluginData?.suffix === undefined ? by.test(from) : pluginData.suffix === suffix),
      )?.suffix
    : undefined;
}
