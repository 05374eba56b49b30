import { kindOf } from '../../batch/kinds/index.ts';
import { openInferenceProtocol } from '../../batch/open-inference/index.ts';
import { readPorts } from '../../batch/open-inference/port.ts';
import type { Protocol } from '../../batch/protocol.ts';
import { seldonProtocol } from '../../batch/seldon.ts';
import type { BatchSettings } from './settings.ts';

/**
 * The protocol of the host, for lines as the options say.
 *
 * @param names - of the columns of a table. @param metadata - asks the model for its own description.
 * @throws UserError when such lines cannot be sent to this model.
 */
export async function openProtocol(
  settings: BatchSettings,
  names: readonly string[] | undefined,
  metadata: () => Promise<unknown>,
): Promise<Protocol> {
  if (settings.protocol === 'seldon') {
    return seldonProtocol(kindOf({ ...settings, names }));
  }
  const { dataType, isBinary } = settings;
  return openInferenceProtocol({ dataType, isBinary, names, ports: readPorts(await metadata()) });
}
