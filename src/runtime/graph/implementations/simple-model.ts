import { fromData, NdArray } from '../../arrays/ndarray.ts';
import type { Meta, Metric, SeldonMessage } from '../../model/message.ts';
import type { Payload } from '../../model/model.ts';
import type { Flow } from '../../protocols/graph-wire.ts';
import type { Answer } from '../../protocols/protocol.ts';
import { asUnit } from '../as-unit.ts';
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
  open(name, plan, host) {
    const { wire } = host;
    const { decode, settingsOf } = asUnit(name, plan, host);
    return {
      async call(method, message, call): Promise<Called> {
        // A plan calls it with nothing else.
        const read = await decode(message as Flow, method, call);
        const { features, meta } = read.input;
        const settings = settingsOf(call);
        const flow =
          wire.ofMessage?.(messageOf(features, meta, settings.unitPath)) ??
          wire.ofAnswer(read, answerTo(features), settings);
        return { flow: await flow, metrics: METRICS };
      },
    };
  },
};

function answerTo(features: Payload): Answer {
  const isEchoed = typeof features === 'string' || features instanceof Uint8Array;
  const payload = isEchoed ? features : fromData(Float64Array.from(VALUES), [1, VALUES.length]);
  return { payload, classNames: () => NAMES, tags: [], metrics: METRICS };
}

/** The answer as the orchestrator of Seldon Core 1.1 wrote it: a tensor, whatever the request has. */
function messageOf(
  features: Payload,
  meta: Meta | undefined,
  own: Readonly<Record<string, string>>,
): SeldonMessage {
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
    requestPath: { ...own, ...meta?.requestPath },
  };
  return { status: { status: 0 }, meta: answered, ...payload };
}
