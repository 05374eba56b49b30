import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { TEMPLATES } from '../new/templates/index.ts';
import { mistakeIn, toProjectName } from './project-name.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  MODEL: 'one answer for each row',
  ROUTER: 'which child a request goes to',
  TRANSFORMER: 'rows in, rows out, before or after a model',
  COMBINER: 'one answer from those of several models',
};

/** The answers that the options have not given. */
interface Open {
  readonly folder: string | undefined;
  readonly type: string | undefined;
}

/**
 * Asks in the terminal for what cannot be guessed; undefined when the user gives up. A folder that is a
 * package already is not asked for.
 */
export async function ask({ folder, type }: Open): Promise<{ folder: string; type: string } | undefined> {
  const { isCancel, select, text } = await import('@clack/prompts');
  const here = existsSync('package.json') ? '.' : undefined;
  const place =
    folder ??
    here ??
    (await text({
      message: 'In which folder?',
      initialValue: 'my-model',
      validate: (value = '') => mistakeIn(toProjectName(basename(resolve(value)))),
    }));
  if (isCancel(place)) {
    return undefined;
  }
  const chosen =
    type ??
    (await select({
      message: 'What does the first model do?',
      options: Object.keys(TEMPLATES).map((value) => ({ value, label: value, hint: MEANINGS[value] ?? '' })),
    }));
  return isCancel(chosen) ? undefined : { folder: place, type: chosen };
}
