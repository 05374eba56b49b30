import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../support/free-ports.ts';
import { install, packBoth, projectWith } from '../../support/installed.ts';
import { removeFolders, run, start } from '../../support/project.ts';

let folder: string;

beforeAll(async () => {
  const { tarball, create } = await packBoth();
  // An installation would fetch packages: these are here already, as in npm's cache.
  folder = await projectWith(tarball, {});
  await install(folder, create, 'create-seldon-lambda');
  await run(folder, ['ln', '-s', '../create-seldon-lambda/bin.js', 'node_modules/.bin/create-seldon-lambda']);
}, 120_000);

afterAll(removeFolders, 60_000);

async function timed<T>(work: () => Promise<T>): Promise<readonly [result: T, seconds: number]> {
  const begin = performance.now();
  const result = await work();
  return [result, (performance.now() - begin) / 1000];
}

test('the first commands of the README make a project, serve it, and test it', async () => {
  const project = join(folder, 'fraud');
  const [created, creation] = await timed(() =>
    run(folder, ['npm', 'create', 'seldon-lambda', 'fraud', '--', '--no-install']),
  );
  expect(created, created.text).toMatchObject({ code: 0 });
  expect(created.text).toContain('\n  cd fraud\n  npm install\n  npm start\n  npm test\n');

  const [httpPort, lambdaPort] = await freePorts(2);
  const ports = ['--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`];
  const [answer, serving] = await timed(async () => {
    const server = start(project, ['npm', 'start', '--', ...ports]);
    try {
      await server.says(/try it/);
      const response = await fetch(`http://127.0.0.1:${httpPort}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"data":{"ndarray":[[0.5,1]]}}',
      });
      return await response.json();
    } finally {
      server.process.kill();
      await server.ended;
    }
  });
  expect(answer).toMatchObject({ data: { names: ['score'], ndarray: [[0.75]] } });

  const [tested, testing] = await timed(() => run(project, ['npm', 'test']));
  expect(tested, tested.text).toMatchObject({ code: 0 });
  expect(tested.text).toMatch(/pass 4/);

  // The same without npm: the rest is npm's own part.
  const bin = join(folder, 'node_modules/create-seldon-lambda/bin.js');
  const [, own] = await timed(() => run(folder, [process.execPath, bin, 'again', '--no-install']));
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  writeSync(
    2,
    `npm create: ${seconds(creation)}, of which init ${seconds(own)}; npm start to the first answer and its end: ` +
      `${seconds(serving)}; npm test: ${seconds(testing)}; the installation of packages comes on top\n`,
  );
}, 120_000);
