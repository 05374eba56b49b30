import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { readText } from './read-text.ts';
import { UserError } from './user-error.ts';

const FILE = 'serverless.yml';

/** The members of serverless.yml that the commands read; none is checked. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * The serverless.yml of a project, without its variables (`${...}`) resolved; empty when there is none.
 *
 * @throws UserError when it is not YAML.
 */
export function readSettings(project: string): Settings {
  return parseSettings(readText(join(project, FILE)) ?? '');
}

/**
 * A text as serverless reads it: with `<<` and any number of aliases. Serverless's own tags, as !Ref, need
 * not be known here.
 *
 * @throws UserError when it is not YAML.
 */
export function parseSettings(text: string): Settings {
  const document = parseDocument(text, { logLevel: 'silent', merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new UserError(`${FILE} cannot be read: ${error.message.split('\n')[0]?.replace(/:$/, '')}`);
  }
  const settings = toValue(document) ?? {};
  if (!isMapping(settings)) {
    throw new UserError(
      `${FILE} cannot be read: it is ${JSON.stringify(settings)}; expected members by name`,
    );
  }
  return settings;
}

function isMapping(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Unlike `document.errors`, this finds an alias of nothing. */
function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: -1 });
  } catch (error) {
    throw new UserError(`${FILE} cannot be read: ${(error as Error).message.split('\n')[0]}`);
  }
}
