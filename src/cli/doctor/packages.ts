import { join } from 'node:path';
import { findPackage, readManifest as readInstalled } from '../../bundle/installed.ts';
import { readText } from '../../bundle/read-text.ts';
import { writeFiles } from '../../bundle/write-files.ts';
import { isClone } from '../command-line.ts';
import { completeManifest, inStyleOf } from '../init/package-json.ts';
import { dependsOn, type Manifest, readManifest } from '../manifest.ts';
import { ownPackage, testedVersion } from '../own-package.ts';
import { managerOf } from '../package-manager.ts';
import { installLine, missingPeers, PEERS } from '../start/peers.ts';
import type { Finding, Findings } from './check.ts';

/** Packages that a project asks for itself. */
const NEEDED = ['seldon-lambda', 'serverless', 'serverless-offline'];

/** package.json asks for what the commands need, and it is installed. */
export function checkPackages(project: string, tell: Findings): Finding[] {
  const { fail } = tell;
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
  const found = [...asked, ...installed, ...otherVersions(project, manifest, tell)];
  return found.length > 0 ? found : [tell.ok('serverless and serverless-offline are installed')];
}

/** Packages of another major version than the one that this package is tested with, as after an upgrade. */
function otherVersions(project: string, manifest: Manifest, { fail }: Findings): Finding[] {
  const { install } = managerOf(project);
  return PEERS.flatMap(({ name }) => {
    const folder = findPackage(name, project);
    const { version = '' } = folder === undefined ? {} : readInstalled(folder);
    const tested = testedVersion(name);
    if (version === '' || majorOf(version) === majorOf(tested)) {
      return [];
    }
    const isAsked = dependsOn(manifest, name) && askedVersion(manifest, name) !== tested;
    return [
      fail(
        `${name} ${version} is installed; seldon-lambda ${ownPackage().version} works with ${tested}`,
        isAsked ? `ask for "${tested}" in package.json, then ${install}` : install,
        isAsked ? () => askFor(project, name, tested) : undefined,
      ),
    ];
  });
}

/** Of `4.3.1`, and of `npm:osls@^4.3.1`. */
function majorOf(version: string): string | undefined {
  return /(?:^|\^)(\d+)\./.exec(version)?.[1];
}

function askedVersion({ dependencies, devDependencies }: Manifest, name: string): string | undefined {
  return devDependencies?.[name] ?? dependencies?.[name];
}

function askFor(project: string, name: string, version: string): string {
  const manifest = readManifest(project) ?? {};
  const member = name in (manifest.devDependencies ?? {}) ? 'devDependencies' : 'dependencies';
  const changed = { ...manifest, [member]: { ...manifest[member], [name]: version } };
  const before = readText(join(project, 'package.json')) ?? '';
  writeFiles(project, { changed: { 'package.json': inStyleOf(before, changed) } });
  return `package.json: ${name} is "${version}"; now ${managerOf(project).install}`;
}

/** Each is read anew: another fix may have written before. */
function addPackage(project: string, name: string, install: string): string {
  const before = readText(join(project, 'package.json'));
  const { text } = completeManifest(readManifest(project) ?? {}, before, name);
  writeFiles(project, { changed: { 'package.json': text } });
  return `package.json: added ${name}; now ${install}`;
}
