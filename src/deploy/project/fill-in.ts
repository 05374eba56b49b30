import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { LIBRARY } from '../../bundle/own-code.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import type { Configuration, Serverless } from '../serverless-types.ts';
import { addModels } from './add-models.ts';
import { readModels } from './models.ts';

/** The members of serverless.yml that this package has values for. */
const PARTS = ['params', 'provider', 'package', 'functions', 'custom', 'resources'] as const;

type Completed = Configuration & Record<(typeof PARTS)[number], unknown>;
type Part = Record<string, unknown>;

/**
 * Completes the serverless.yml of a project with that of this package: what the project does not say is as it
 * is there. A function or a resource that is null in the project's file is left out.
 *
 * It does nothing for the file of this package itself.
 *
 * @throws UserError for models that cannot be served.
 */
export function fillIn(serverless: Serverless): void {
  const { serviceDir, configurationFilename, configurationInput: configuration } = serverless;
  const own = join(LIBRARY, 'serverless.yml');
  if (realpathSync(join(serviceDir, configurationFilename)) === realpathSync(own)) {
    return;
  }
  const given: Partial<Completed> = { ...configuration, provider: writtenProvider(serverless) };
  const template: Completed = parse(readFileSync(own, 'utf8'));
  const models = readModels(configuration, serviceDir);
  const completed = addModels(
    Object.fromEntries(
      PARTS.map((part) => [part, merge(template[part], given[part])]),
    ) as unknown as Completed,
    models,
  );
  for (const part of PARTS) {
    serverless.extendConfiguration([part], completed[part]);
  }
  serverless.extendConfiguration(
    ['models'],
    Object.fromEntries(models.map(({ name, settings }) => [name, settings])),
  );
}

/**
 * The part `provider` without the members that serverless has set before, such as a default region: they are
 * not in the file. A file that is a program is taken as it is.
 */
function writtenProvider({ serviceDir, configurationFilename, configurationInput }: Serverless) {
  const { provider } = configurationInput;
  if (!/\.(ya?ml|json)$/.test(configurationFilename)) {
    return provider;
  }
  const text = readFileSync(join(serviceDir, configurationFilename), 'utf8');
  const written: unknown = parse(text, { logLevel: 'error' })?.provider;
  return isPlainObject(written)
    ? (Object.fromEntries(Object.entries(provider).filter(([name]) => name in written)) as typeof provider)
    : provider;
}

/** The values of the project over those of this package; lists are replaced as a whole. */
function merge(template: unknown, own: unknown): unknown {
  if (own === undefined) {
    return template;
  }
  if (!isPlainObject(template) || !isPlainObject(own)) {
    return own;
  }
  const names = [...new Set([...Object.keys(template), ...Object.keys(own)])];
  return Object.fromEntries(
    names.map((name) => [name, merge((template as Part)[name], (own as Part)[name])]),
  );
}
