import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiGatewayV2 } from '../../support/events.ts';
import { packPackage, projectWith, SERVERLESS } from '../../support/installed.ts';
import { startInstance } from '../../support/lambda-instance.ts';
import { writeFiles } from '../../support/packages.ts';
import { removeFolders, run } from '../../support/project.ts';
import { readTemplate, serverless } from '../../support/stack.ts';

let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
}, 120_000);

afterAll(removeFolders, 60_000);

describe('an existing project, in CommonJS, with models in a folder of its own', () => {
  let project: string;

  beforeAll(async () => {
    project = await projectWith(tarball, {
      'package.json': '{ "name": "old-shop", "private": true }\n',
      'serverless.yml':
        SERVERLESS +
        `modelFolder: src/ml
models: [Weighted]
functions:
  explain:
    handler: handlers/explain.handler
    role: StatefulRole
    events: [{ httpApi: ANY /explain }]
  route: null
resources:
  Resources:
    Reports: { Type: AWS::S3::Bucket }
`,
      'src/ml/Weighted.ts': `
import { readFile } from 'node:fs/promises';
import { modelFile, NdArray, type Payload } from 'seldon-lambda';
import { scale } from '../lib/scale.cjs';
export class Weighted {
  private weight = 0;
  async load() { this.weight = JSON.parse(await readFile(modelFile('weights/a.json'), 'utf8')).weight; }
  predict(X: Payload) { return X instanceof NdArray ? scale(X.toNested(), this.weight) : ['no array']; }
}
`,
      'src/ml/weights/a.json': '{ "weight": 5 }',
      'src/lib/scale.cjs': 'exports.scale = (rows, by) => rows.map((row) => row.map((x) => x * by));\n',
      'handlers/explain.ts': `
import { NdArray, zeros } from 'seldon-lambda';
import { createHandler } from 'seldon-lambda/handler';
export const handler = await createHandler([{
  routes: { '/explain': ['GET'] },
  respond: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: \`an array: \${zeros([2]) instanceof NdArray}\` }),
}]);
`,
    });
    const made = await serverless(project, ['package']);
    expect(made, made.text).toMatchObject({ code: 0 });
  }, 120_000);

  test('has the functions and the resources that its file adds, and not those that are null there', () => {
    const { Resources } = readTemplate(project);
    expect(Resources).toHaveProperty('ExplainLambdaFunction');
    expect(Resources).toHaveProperty('Reports');
    expect(Resources).not.toHaveProperty('RouteLambdaFunction');
  });

  test('runs under the runtime client with its weights, its libraries and its own handler', async () => {
    const task = join(project, 'dist/model');
    const predict = await startInstance(task, 'predict', { MODEL_NAME: 'Weighted' });
    const body = '{"data":{"ndarray":[[2]]}}';
    const answer = await predict.invoke(apiGatewayV2({ method: 'POST', path: '/predict', body }));
    expect(JSON.stringify(answer)).toContain('[[10]]');
    await predict.kill();
    const explain = await startInstance(task, 'explain', { MODEL_NAME: 'Weighted' });
    const explained = await explain.invoke(apiGatewayV2({ method: 'GET', path: '/explain' }));
    expect(JSON.stringify(explained)).toContain('an array: true');
    await explain.kill();
  });
  test('is told when tsx has loaded the package twice for a test', async () => {
    writeFiles(project, {
      'twice.test.ts': `
import { test } from 'node:test';
import { serve } from 'seldon-lambda/testing';
import { Weighted } from './src/ml/Weighted.ts';
test('answers', async () => {
  const { status } = await serve(Weighted).predict([[2]]);
  if (status !== 200) throw new Error(\`\${status}\`);
});
`,
    });
    const command = [process.execPath, '--import', 'tsx', '--test', 'twice.test.ts'];
    const { code, text } = await run(project, command);
    // A later node or tsx may load it once.
    expect(code === 0 || /seldon-lambda is loaded twice, .*run the test with vitest/.test(text), text).toBe(
      true,
    );
  });
});
