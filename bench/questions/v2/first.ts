import {
  context,
  irisMessage,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { inferEvent } from './requests.ts';

const [handlerUrl, protocol] = process.argv.slice(2) as [string, 'seldon' | 'v2'];
const plain = predictEvent(irisMessage());
const form = { datatype: 'FP32', takes: 'json', gives: 'json', isFlower: true } as const;
const event = protocol === 'v2' ? inferEvent(form, plain).event : plain;
const { handler } = (await import(handlerUrl)) as { handler: PredictHandler };
// The first use of `performance` loads a part of node, which the handler that uses it has to pay for.
const start = process.hrtime.bigint();
const { statusCode, body } = await handler(event, context);
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
if (statusCode !== 200) {
  throw new Error(`the handler answered ${statusCode}: ${body}`);
}
report({ milliseconds });
process.exit();
