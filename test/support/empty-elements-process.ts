import { binaryBody } from './binary-tensors.ts';
import { apiGatewayV2, lambdaContext, readResult } from './events.ts';
import { report } from './report.ts';

// As many as an answer can give back.
const COUNT = 1_100_000;
const [, , content_type] = process.argv;
const bytes = new Uint8Array(4 * COUNT);
const inputs = [{ name: 'x', shape: [COUNT], datatype: 'BYTES', parameters: { content_type }, bytes }];
const { body, headers } = binaryBody(inputs, { parameters: { binary_data_output: true } });
const { handler } = await import('../../handlers/predict.ts');
const event = apiGatewayV2({ method: 'POST', path: '/v2/models/Echo/infer', headers, body });
const { status, body: answer } = readResult(await handler(event, lambdaContext()));
report({ status, text: Buffer.from(answer).toString().slice(0, 400) });
