import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { removeFolders, run, temporaryFolder } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

afterAll(removeFolders);

const WRONG = `
import type { Model, NdArray, Payload } from 'seldon-lambda';
import { serve } from 'seldon-lambda/testing';
export class A implements Model { predict(X: Payload) { return 1; } }
export class B implements Model { sendFeedback(X: NdArray, names: string[], truth: NdArray, reward: number) {} }
export class C implements Model { predicts(X: Payload) { return [1]; } }
export class D implements Model { constructor(given: { weight: number }) {} predict(X: NdArray) { return X; } }
serve(D, { parameters: { weight: 'heavy' } });
`;

test('a wrong signature is an error of the compiler that says what is wrong', async () => {
  const folder = temporaryFolder();
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'wrong.ts'), WRONG);
  const paths = {
    'seldon-lambda': [join(ROOT, 'src/index.ts')],
    'seldon-lambda/testing': [join(ROOT, 'src/testing/index.ts')],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { paths },
      include: ['wrong.ts'],
    }),
  );
  const { text } = await run(folder, [
    join(ROOT, 'node_modules/.bin/tsc'),
    '-p',
    folder,
    '--pretty',
    'false',
  ]);
  const errors = text.split(/^(?=wrong\.ts)/m);
  expect(errors.map((error) => error.slice(0, error.indexOf(',')))).toEqual(
    [4, 5, 6, 8].map((line) => `wrong.ts(${line}`),
  );
  expect(errors[0]).toMatch(
    /Property 'predict' in type 'A'.*\n[\s\S]*'number' is not assignable to type '.*Returned/,
  );
  expect(errors[1]).toContain("Types of parameters 'truth' and 'reward' are incompatible");
  expect(errors[2]).toContain("Type 'C' has no properties in common with type 'Model'");
  expect(errors[3]).toContain("Type 'string' is not assignable to type 'number'");
});
