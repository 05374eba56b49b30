import { dependsOn, type Manifest } from '../manifest.ts';
import type { Runner } from '../new/model-files.ts';
import { ownPackage, testedVersion } from '../own-package.ts';

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
export function completeManifest(given: Manifest, text = '{\n  \n}\n', only?: string): Completed {
  const manifest = only === undefined ? withoutPlaceholder(given) : given;
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

/** `npm init` writes a test that fails, where there is none yet. */
function withoutPlaceholder(manifest: Manifest): Manifest {
  const { test, ...scripts } = manifest.scripts ?? {};
  const isPlaceholder = test !== undefined && /^echo "Error: no test specified" && exit 1$/.test(test);
  return isPlaceholder ? { ...manifest, scripts } : manifest;
}

/**
 * The runner of the tests that are written: vitest where the project has it, and in a CommonJS project.
 * There, tsx, which reads TypeScript for node, would load this package twice, and its arrays would not be
 * arrays.
 */
export function runnerOf(manifest: Manifest): Runner {
  return dependsOn(manifest, 'vitest') || manifest.type !== 'module' ? 'vitest' : 'node:test';
}

function scriptsFor(manifest: Manifest): Record<string, string> {
  // Unquoted, since node 20 does not read such a pattern itself. With tsx, since it does not read TypeScript:
  // others who work on the project may have that version.
  const ofNode = 'node --import tsx --test test/*.test.ts';
  return {
    start: 'seldon-lambda start',
    test: runnerOf(manifest) === 'vitest' ? 'vitest run' : ofNode,
    package: 'seldon-lambda package',
    contract: 'seldon-lambda contract',
    deploy: 'serverless deploy',
  };
}

function packagesFor(manifest: Manifest): Record<string, string> {
  const names = ['serverless', 'serverless-offline', 'typescript', '@types/node'];
  const isOursToRun = manifest.scripts?.test === undefined;
  const ofNode = isOursToRun ? ['tsx'] : [];
  const own = runnerOf(manifest) === 'vitest' ? ['vitest'] : ofNode;
  return {
    'seldon-lambda': `^${ownPackage().version}`,
    ...Object.fromEntries([...names, ...own].map((name) => [name, testedVersion(name)])),
  };
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
