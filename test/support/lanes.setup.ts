import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of what several test files use, there until all have run. */
    readonly lanes: string;
  }
}

/** Makes a folder for all test files of a project, and removes it at the end. */
export default function openLanes({ provide }: TestProject): () => void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seldon-lambda-lanes-')));
  provide('lanes', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
