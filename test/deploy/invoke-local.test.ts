import { afterAll, expect, test } from 'vitest';
import { copyProject, removeFolders } from '../support/project.ts';
import { serverless } from '../support/stack.ts';

afterAll(removeFolders, 60_000);

test('invoke local calls a function of the sources, with a state on this machine', async () => {
  const data = '{"data":{"ndarray":[[5.1,3.5,1.4,0.2]]}}';
  const command = ['invoke', 'local', '-f', 'predict', '-d', data];
  const { code, text } = await serverless(copyProject(), command);
  expect({ code, text }).toMatchObject({ code: 0 });
  const [, answer = ''] = /^(\{\n[\s\S]*\n\})$/m.exec(text) ?? [];
  expect(JSON.parse(answer).data.names).toEqual(['setosa', 'versicolor', 'virginica']);
}, 120_000);
