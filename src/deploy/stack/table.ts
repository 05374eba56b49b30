import { UserError } from '../../bundle/user-error.ts';
import type { Stack } from '../serverless-types.ts';
import { environmentsOf } from './environments.ts';

/** The stores that may be in the table of serverless.yml. */
const STORES = ['STATE_URL', 'METRICS_URL'] as const;

/**
 * Leaves the table of serverless.yml out of the stack when no store is in it, and with stateTable=existing,
 * when it was there before the stack.
 *
 * @throws UserError for stateTable=existing when no store is in this table.
 */
export function shapeTable(stack: Stack): void {
  const { resources, parameters } = stack;
  const { StateTable: table } = resources.Resources as { StateTable?: Table };
  if (table === undefined) {
    return;
  }
  const name = table.Properties.TableName;
  const isUsed = tablesOf(stack).includes(name);
  if (!isUsed && parameters.stateTable === 'existing') {
    throw new UserError(
      `parameter stateTable is existing, but neither ${STORES.join(' nor ')} is dynamodb://${name}; expected own`,
    );
  }
  if (!isUsed || parameters.stateTable === 'existing') {
    delete resources.Resources.StateTable;
  }
  if (isUsed) {
    resources.Outputs.StateTable = { Description: 'The table of the state and the metrics', Value: name };
  }
}

interface Table {
  readonly Properties: { readonly TableName: string };
}

/** The tables that hold the state or the metrics. */
export function tablesOf(stack: Stack): readonly string[] {
  const urls = environmentsOf(stack).flatMap((each) => STORES.map((variable) => each[variable]));
  return [...new Set(urls.flatMap((url) => tableOf(url) ?? []))];
}

function tableOf(url: string | null | undefined): string | undefined {
  const parsed = url && URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === 'dynamodb:' ? parsed.hostname : undefined;
}
