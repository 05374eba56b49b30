import { readFileSync } from 'node:fs';
import { UserError } from './user-error.ts';

/** A file of a zip, in memory or on this machine. */
interface Content {
  /** Its name or its place on this machine, for messages. */
  readonly from: string;
  readonly bytes?: Uint8Array | string;
}

/** Collects the files of a zip. No file takes the place of another one. */
export class ZipContents {
  private readonly contents = new Map<string, Content>();
  /** Each with a file below it. */
  private readonly folders = new Map<string, Content>();

  /** Adds a file that is in memory. `from`: what it is. */
  add(path: string, bytes: Uint8Array | string, from: string): void {
    this.put(path, { from, bytes });
  }

  /** Adds a file of this machine; the same one may be added twice. */
  addFile(path: string, file: string): void {
    this.put(path, { from: file });
  }

  has(path: string): boolean {
    return this.contents.has(path);
  }

  /** The bytes of all files by their paths. */
  read(): Map<string, Uint8Array | string> {
    return new Map(
      [...this.contents].map(([path, { bytes, from }]) => [path, bytes ?? readFileSync(from)] as const),
    );
  }

  private put(path: string, content: Content): void {
    const parts = path.split('/').slice(0, -1);
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    this.refuse(path, content, this.folders.get(path) ?? this.contents.get(path));
    for (const folder of above) {
      this.refuse(folder, content, this.contents.get(folder));
      this.folders.set(folder, content);
    }
    this.contents.set(path, content);
  }

  private refuse(path: string, { from }: Content, other: Content | undefined): void {
    if (other !== undefined && (other.from !== from || !this.contents.has(path))) {
      throw new UserError(
        `${other.from} and ${from} are both ${path} in the zip; rename one, or leave one out`,
      );
    }
  }
}
