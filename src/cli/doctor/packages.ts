import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClone } from '../command-line.ts';
import { completeManifest } from '../init/package-json.ts';
import { dependsOn, readManifest } from '../manifest.ts';
import { managerOf } from '../package-manager.ts';
import { installLine, missingPeers } from '../start/peers.ts';
import { type Finding, findings } from './check.ts';

/** Packages that a project asks for itself. */
const NEEDED = ['seldon-lambda', 'serverless', 'serverless-offline'];

/** package.json asks for what the commands need, and it is installed. */
export function checkPackages(project: string): Finding[] {
  const { ok, fail } = findings('packages');
  const manifest = readManifest(project);
  if (manifest === undefined) {
    return [fail('there is no package.json', 'make a project: npx seldon-lambda init')];
  }
  const absent = isClone(project) ? [] : NEEDED.filter((name) => !dependsOn(manifest, name));
  const { install } = managerOf(project);
  const asked = absent.map((name) =>
    fail(`package.json does not ask for ${name}`, `add it to devDependencies, then ${install}`, () =>
      addPackage(project, name, install),
    ),
  );
  const missing = missingPeers(project).filter(({ name }) => !absent.includes(name));
  const installed = missing.map((peer) => {
    const isAsked = dependsOn(manifest, peer.name);
    return fail(`${peer.name} is not installed`, isAsked ? install : installLine(project, [peer]));
  });
  const found = [...asked, ...installed];
  return found.length > 0 ? found : [ok('serverless and serverless-offline are installed')];
}

/** Each is read anew: another fix may have written before. */
function addPackage(project: string, name: string, install: string): string {
  const file = join(project, 'package.json');
  const { text } = completeManifest(readManifest(project) ?? {}, readFileSync(file, 'utf8'), name);
  writeFileSync(file, text);
  return `package.json: added ${name}; now ${install}`;
}
