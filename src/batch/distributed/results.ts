import { parseJson } from '../../client/parse-json.ts';
import type { S3Settings } from '../../runtime/clients/aws-settings.ts';
import type { Location } from '../../runtime/clients/s3/s3-client.ts';
import { openFiles, type S3Files } from '../../runtime/clients/s3/s3-files.ts';
import { isRecord } from '../../runtime/objects.ts';
import { splitLines } from '../line-splitter.ts';
import { PART_BYTES } from '../s3-input.ts';

/** How many items have an answer, and how many a line that says why they have none. */
export interface ItemCounts {
  readonly answered: number;
  readonly failed: number;
}

/**
 * Adds up what the batches of a run say in the files that Step Functions has written of it.
 *
 * @param results - the folder of these files, in which each run has one of its own.
 * @param mapRunArn - its last part is the name of that folder.
 * @returns undefined when there is no manifest, as while the run goes on.
 * @see "ResultWriter (Map)", Step Functions developer guide
 */
export async function countResults(
  results: Location,
  mapRunArn: string,
  settings: S3Settings,
): Promise<ItemCounts | undefined> {
  const files = openFiles(settings);
  const folder = `${results.key}/${mapRunArn.split(':').at(-1)}`;
  try {
    const manifest = await readAll(files, { ...results, key: `${folder}/manifest.json` });
    const { ResultFiles } = Object(parseJson(manifest ?? '')) as { ResultFiles?: unknown };
    const succeeded = isRecord(ResultFiles) ? ResultFiles.SUCCEEDED : undefined;
    if (!Array.isArray(succeeded)) {
      return undefined;
    }
    let [answered, failed] = [0, 0];
    for (const { Key } of succeeded as readonly { readonly Key: string }[]) {
      for await (const rows of splitLines(pieces(files, { ...results, key: Key }))) {
        for (const { text } of rows) {
          const counts = Object(parseJson(text)) as Partial<ItemCounts>;
          answered += counts.answered ?? 0;
          failed += counts.failed ?? 0;
        }
      }
    }
    return { answered, failed };
  } finally {
    files.close();
  }
}

async function readAll(files: S3Files, location: Location): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces(files, location)) {
    parts.push(piece);
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts).toString();
}

/** The bytes of an object; none when it is not there. */
async function* pieces(files: S3Files, { bucket, key }: Location): AsyncGenerator<Uint8Array> {
  const object = await files.first({ bucket, key });
  if (object?.key !== key) {
    return;
  }
  for (let start = 0; start < object.size; start += PART_BYTES) {
    const end = Math.min(object.size, start + PART_BYTES);
    yield (await files.read(bucket, object, { start, end })).body;
  }
}
