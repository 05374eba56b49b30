import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import config from '../vitest.config.ts';

test('the run of CI has the tests of all projects, each once', () => {
  const projects = (config as { test: { projects: { test: { name: string } }[] } }).test.projects;
  const run = readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8');
  const chosen = [...run.matchAll(/--project (\w+)/g)].map(([, name]) => name);
  expect(chosen.sort()).toEqual(projects.map(({ test: { name } }) => name).sort());
});
