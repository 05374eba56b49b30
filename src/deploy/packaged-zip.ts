import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Serverless } from './serverless-types.ts';

/**
 * Puts the zip where `package --package` collects what a later `deploy --package` needs: serverless takes
 * only what is in its own folder.
 */
export function collectZip({ serviceDir, service }: Serverless): void {
  const { artifact } = service.package;
  if (artifact !== undefined) {
    const copy = collectedZip(serviceDir, artifact);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(serviceDir, artifact), copy);
  }
}

/** Lets `deploy --package` deploy the zip of that folder, which it copies to its own. */
export function useCollectedZip({ serviceDir, service }: Serverless): void {
  const { artifact } = service.package;
  if (artifact !== undefined) {
    service.package.artifact = collectedZip(serviceDir, artifact);
  }
}

function collectedZip(serviceDir: string, artifact: string): string {
  return join(serviceDir, '.serverless', basename(artifact));
}
