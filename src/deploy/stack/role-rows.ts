import { UserError } from '../../bundle/user-error.ts';
import { nearest } from '../../runtime/nearest.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import { show } from '../../runtime/show.ts';

const MEMBERS = ['variable', 'unless', 'url', 'may'];
const ACTIONS = ['read', 'write', 'list', 'delete'];

/**
 * Checks the rows of a role in `custom.roles`: one that is not understood would allow nothing, and the
 * functions would fail when they run.
 *
 * @throws UserError naming the row and what was expected.
 */
export function checkRows(role: string, rows: unknown): void {
  if (!Array.isArray(rows)) {
    throw new UserError(`custom.roles.${role} is ${show(rows)}; expected a list of rows`);
  }
  rows.forEach((row: unknown, index) => {
    const mistake = mistakeIn(row);
    if (mistake !== undefined) {
      throw new UserError(`custom.roles.${role}[${index}] ${mistake}`);
    }
  });
}

function mistakeIn(row: unknown): string | undefined {
  if (!isPlainObject(row)) {
    return `is ${show(row)}; expected a statement of IAM, or {variable, may}`;
  }
  if ('Effect' in row) {
    return;
  }
  const unknown = Object.keys(row).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, [...MEMBERS, 'Effect']);
    return `has the unknown member ${unknown}; ${
      meant === undefined
        ? `expected variable and may, or url and may, or a statement of IAM with Effect`
        : `is ${meant} meant?`
    }`;
  }
  if (!('variable' in row || 'url' in row)) {
    return 'names no store; expected the variable that holds its URL, or its url';
  }
  const { may } = row;
  if (!Array.isArray(may) || may.length === 0 || !may.every((action) => ACTIONS.includes(action))) {
    return `may ${show(may)}; expected a list of ${ACTIONS.join(', ')}`;
  }
  return;
}
