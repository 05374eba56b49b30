import { binaryBody } from './binary-tensors.ts';
import { apiGatewayV2, lambdaContext, readResult } from './events.ts';
import { report } from './report.ts';

const [, , rows, columns, classification] = process.argv.map(Number) as [
  number,
  number,
  number,
  number,
  number,
];
// As many values as a request can bring: of a byte each.
const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 7919) % 251);
const inputs = [{ name: 'x', shape: [rows, columns], datatype: 'UINT8', bytes }];
const outputs = [{ name: 'output-0', parameters: { classification } }];
const { body, headers } = binaryBody(inputs, { outputs });
const { handler } = await import('../../handlers/predict.ts');
const event = apiGatewayV2({ method: 'POST', path: '/v2/models/Echo/infer', headers, body });
const before = process.resourceUsage().maxRSS;
const { status, body: answer } = readResult(await handler(event, lambdaContext()));
const grownMb = Math.round((process.resourceUsage().maxRSS - before) / 1024);
report({ status, text: Buffer.from(answer).toString().slice(0, 400), grownMb });
