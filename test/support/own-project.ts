import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { copyWithZip, readTemplate, serverless, type Template } from './stack.ts';

const YAML = 'service: app\nprovider: {name: aws}\nplugins: [serverless-offline, ./plugin.js]\n';

/** The copy of the package above all of them: its sources are loaded once. */
let above: string | undefined;

/**
 * The template of a project in a folder below the package.
 *
 * @param lines - more of its serverless.yml. @param graph - a document, in `flow.yaml`.
 */
export async function ownTemplate(lines: string, graph: object): Promise<Template> {
  above ??= copyWithZip(mkdtempSync(join(inject('lanes'), 'above-')));
  const folder = mkdtempSync(join(above, 'app-'));
  mkdirSync(join(folder, 'dist'), { recursive: true });
  symlinkSync('../node_modules', join(folder, 'node_modules'));
  symlinkSync('../models', join(folder, 'models'));
  writeFileSync(join(folder, 'dist/model.zip'), 'a zip');
  writeFileSync(join(folder, 'plugin.js'), "export { default } from '../src/deploy/plugin.js';");
  writeFileSync(join(folder, 'flow.yaml'), JSON.stringify(graph));
  writeFileSync(join(folder, 'serverless.yml'), `${YAML}${lines}`);
  const { code, text } = await serverless(folder, ['package']);
  expect({ code, text }).toMatchObject({ code: 0 });
  return readTemplate(folder);
}
