import type { InstanceId } from './instance-id.ts';
import type { Row } from './row.ts';

/** The tags that say where in a batch an answer belongs. */
export interface BatchTags {
  readonly batchId: string;
  idOf(row: Row): string;
  /** The three tags as members in JSON. */
  of(row: Row): string;
}

/** Names of the tags; a model's own tags of these names do not reach the output. */
export const BATCH_TAGS = ['batch_id', 'batch_instance_id', 'batch_index'] as const;

/** The tags of one batch. */
export function createBatchTags(batchId: string, instanceId: InstanceId): BatchTags {
  const start = `"batch_id":${JSON.stringify(batchId)},"batch_instance_id":"`;
  const idOf = ({ index, text }: Row) => instanceId(index, text);
  return {
    batchId,
    idOf,
    of: (row) => `${start}${idOf(row)}","batch_index":${row.index}`,
  };
}
