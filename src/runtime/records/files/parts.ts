import type { S3Settings } from '../../clients/aws-settings.ts';
import type { Location } from '../../clients/s3/s3-client.ts';
import { openFiles } from '../../clients/s3/s3-files.ts';
import { openObjects } from '../../clients/s3/s3-objects.ts';
import { SeldonError } from '../../errors.ts';

/** Digits of the number of a line in the name of a part, so that the names are in the order of the lines. */
const DIGITS = 12;
const MAX_PARTS = 100_000;
const TIMEOUT_MS = 30_000;

/** The answers to a file, in parts: each is an object of lines, named after the first one's place. */
export interface Parts {
  /**
   * The number of lines that have been answered: where the next part begins. Undefined: the whole file has
   * been.
   */
  done(): Promise<number | undefined>;
  /**
   * Writes the part that begins at the line `first`.
   *
   * @throws SeldonError when it is there already: another call is at work on the same file.
   */
  write(first: number, lines: readonly string[]): Promise<void>;
  /** Says that all parts are there, for those who wait for them. */
  finish(lines: number): Promise<void>;
}

/** The parts in the folder at `location`. */
export function openParts({ bucket, key: folder }: Location, settings: S3Settings): Parts {
  const objects = openObjects(settings);
  const files = openFiles(settings);
  const at = (name: string): Location => ({ bucket, key: `${folder}/${name}` });
  const nameOf = (first: number) => `part-${`${first}`.padStart(DIGITS, '0')}.jsonl`;
  return {
    async done() {
      const listed = await files.list({ bucket, key: `${folder}/` }, MAX_PARTS);
      const names = listed.map(({ key }) => key.slice(folder.length + 1));
      if (names.includes(FINISHED)) {
        return undefined;
      }
      const firsts = names.flatMap((name) => /^part-(\d+)\.jsonl$/.exec(name)?.[1] ?? []).map(Number);
      if (firsts.length === 0) {
        return 0;
      }
      const last = Math.max(...firsts);
      const part = await objects.get(at(nameOf(last)), TIMEOUT_MS);
      return last + (part?.value.reduce((count, byte) => (byte === NEWLINE ? count + 1 : count), 0) ?? 0);
    },
    async write(first, lines) {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const { isStored } = await objects.replace(at(nameOf(first)), bytes, undefined, TIMEOUT_MS);
      if (!isStored) {
        const info = `${nameOf(first)} of ${folder} is there already: another call is at work on the same file`;
        throw new SeldonError('BATCH_CONFLICT', info, { status: 503 });
      }
    },
    async finish(lines) {
      await objects.create(at(FINISHED), Buffer.from(JSON.stringify({ lines })), TIMEOUT_MS);
    },
  };
}

/** The object that is written last, as by Hadoop and Spark. */
const FINISHED = '_SUCCESS';
const NEWLINE = 10;
