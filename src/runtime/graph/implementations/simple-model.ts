import { NdArray } from '../../arrays/ndarray.ts';
import { stringify } from '../../json/write-json.ts';
import type { Metric } from '../../model/message.ts';
import type { Flow } from '../../protocols/graph-wire.ts';
import { unitPath } from '../../unit/labels.ts';
import type { Called } from '../bound-unit.ts';
import type { Implementation } from './implementation.ts';

const METRICS: readonly Metric[] = [
  { key: 'mymetric_counter', type: 'COUNTER', value: 1 },
  { key: 'mymetric_gauge', type: 'GAUGE', value: 100 },
  { key: 'mymetric_timer', type: 'TIMER', value: 22.1 },
];
const NAMES = ['class0', 'class1', 'class2'];
const VALUES = [0.1, 0.9, 0.5];

/** Answers the same three classes to any array, with three metrics; text and bytes come back. For trials. */
export const simpleModel: Implementation = {
  open(name, { image }, { wire }) {
    return {
      async call(_method, message): Promise<Called> {
        // A plan calls it with nothing else.
        const { input } = await (message as Flow).receive().decode(name);
        const { features, meta } = input;
        const payload =
          features instanceof NdArray
            ? { data: { names: NAMES, tensor: { shape: [1, NAMES.length], values: VALUES } } }
            : features instanceof Uint8Array
              ? { binData: Buffer.from(features).toString('base64') }
              : typeof features === 'string'
                ? { strData: features }
                : { jsonData: features };
        const answered = {
          ...meta,
          metrics: [...(meta?.metrics ?? []), ...METRICS],
          requestPath: { ...unitPath({ id: name, image }), ...meta?.requestPath },
        };
        const body = stringify({ status: { status: 0 }, meta: answered, ...payload });
        return { flow: wire.ofReply({ body }), metrics: METRICS };
      },
    };
  },
};
