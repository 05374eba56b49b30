import { dependsOn, type Manifest } from '../manifest.ts';
import { ownPackage, testedVersion } from '../own-package.ts';

/** From this version on, node reads TypeScript. */
const READS_TYPESCRIPT = [22, 18];

/** A package.json that was made or completed. */
export interface Completed {
  readonly text: string;
  /** The members that were added, as `scripts.start`. */
  readonly added: readonly string[];
  /** Scripts that the project has already, and that do something else. */
  readonly kept: readonly string[];
}

/** The package.json of a new project. */
export function newManifest(name: string): Manifest {
  return { name, version: '0.1.0', private: true, type: 'module' };
}

/**
 * Adds the scripts and the packages that are missing, and changes nothing that is there.
 *
 * @param text - as it is now, whose indentation and line ends are kept; undefined for a new one.
 * @param only - adds this package, and nothing else.
 */
export function completeManifest(manifest: Manifest, text = '{\n  \n}\n', only?: string): Completed {
  const scripts = only === undefined ? scriptsFor(manifest) : {};
  const packages = missing(packagesFor(manifest), (name) => only !== undefined && name !== only);
  const missingScripts = missing(scripts, (name) => name in (manifest.scripts ?? {}));
  const missingPackages = missing(packages, (name) => dependsOn(manifest, name));
  const added = [
    ...Object.keys(missingScripts).map((name) => `scripts.${name}`),
    ...Object.keys(missingPackages).map((name) => `devDependencies.${name}`),
  ];
  const complete = {
    ...manifest,
    ...(only === undefined && { scripts: { ...manifest.scripts, ...missingScripts } }),
    devDependencies: sorted({ ...manifest.devDependencies, ...missingPackages }),
  };
  return {
    text: added.length === 0 ? text : inStyleOf(text, complete),
    added,
    kept: Object.keys(scripts).filter((name) => {
      const own = manifest.scripts?.[name];
      return own !== undefined && own !== scripts[name] && name !== 'test';
    }),
  };
}

function scriptsFor(manifest: Manifest): Record<string, string> {
  const runner = needsTsx(manifest) ? 'node --import tsx --test' : 'node --test';
  return {
    start: 'seldon-lambda start',
    // Unquoted, since node 20 does not read such a pattern itself.
    test: dependsOn(manifest, 'vitest') ? 'vitest run' : `${runner} test/*.test.ts`,
    package: 'seldon-lambda package',
    contract: 'seldon-lambda contract',
    deploy: 'serverless deploy',
  };
}

function packagesFor(manifest: Manifest): Record<string, string> {
  const names = ['serverless', 'serverless-offline', 'typescript', '@types/node'];
  const isOursToRun = manifest.scripts?.test === undefined && !dependsOn(manifest, 'vitest');
  const own = isOursToRun && needsTsx(manifest) ? [...names, 'tsx'] : names;
  return {
    'seldon-lambda': `^${ownPackage().version}`,
    ...Object.fromEntries(own.map((name) => [name, testedVersion(name)])),
  };
}

/** Whether tests in TypeScript need tsx: node alone reads ES modules only where package.json says so. */
function needsTsx({ type }: Manifest): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [fromMajor = 0, fromMinor = 0] = READS_TYPESCRIPT;
  const reads = major > fromMajor || (major === fromMajor && minor >= fromMinor);
  return !reads || type !== 'module';
}

function missing(
  wanted: Readonly<Record<string, string>>,
  isThere: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !isThere(name)));
}

/** As npm sorts dependencies. */
function sorted(packages: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** JSON with the indentation, the line ends and the end of another text, as npm writes it. */
export function inStyleOf(text: string, value: object): string {
  const indent = /^\s*\{\r?\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  const json = `${JSON.stringify(value, null, indent)}${/\n\s*$/.test(text) ? '\n' : ''}`;
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + (text.includes('\r\n') ? json.replaceAll('\n', '\r\n') : json);
}
