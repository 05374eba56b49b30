import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { UserError } from '../../bundle/user-error.ts';
import { writeFiles } from '../../bundle/write-files.ts';
import { managerOf } from '../package-manager.ts';
import { type InitPlan, planProject } from './plan.ts';
import { ask } from './questions.ts';

/** The options of the command as they are typed. */
interface Options {
  readonly type?: string;
  readonly name?: string;
  readonly models?: string;
  readonly yes: boolean;
  readonly install: boolean;
  readonly json: boolean;
}

/** Exit code for an end by Ctrl-C. */
const CANCELLED = 130;

/**
 * Makes a project, or makes one of a repository that is there.
 *
 * @throws UserError when an argument or an option cannot be used, or the packages cannot be installed.
 */
export async function initProject(args: readonly string[], options: Options): Promise<void> {
  const { type, name, models, yes, install, json } = options;
  const [folder, ...surplus] = args;
  if (surplus.length > 0) {
    throw new UserError(`expected one folder, got ${args.join(' ')}`);
  }
  const asks = !yes && !json && process.stdin.isTTY && process.stdout.isTTY;
  const guessed = { folder: folder ?? '.', type: type ?? 'MODEL' };
  const answers = asks ? await ask({ folder, type }) : guessed;
  if (answers === undefined) {
    console.error('nothing was written');
    process.exitCode = CANCELLED;
    return;
  }
  const plan = planProject({ ...answers, name, models });
  const { project, files, manifest } = plan;
  writeFiles(project, {
    created: files,
    ...(manifest !== undefined && { changed: { 'package.json': manifest.text } }),
  });
  console.log(json ? toJson(plan) : toText(plan));
  if (install) {
    await installPackages(project);
  }
  if (!json) {
    console.log(nextSteps(plan, install));
  }
}

function toJson({ project, files, kept, manifest, models }: InitPlan): string {
  const changed = manifest === undefined ? [] : ['package.json'];
  return JSON.stringify({ folder: project, files: Object.keys(files), changed, kept, models });
}

function toText({ project, files, kept, manifest, ownScripts }: InitPlan): string {
  const shown = (path: string) => relative(process.cwd(), join(project, path));
  return [
    ...Object.keys(files).map(shown),
    ...(manifest === undefined ? [] : [`${shown('package.json')}: added ${manifest.added.join(', ')}`]),
    ...kept.map((path) => `${shown(path)} exists already, and stays as it is${hintAt(path)}`),
    ...ownScripts.map((name) => `${shown('package.json')} has a script ${name} of its own, which stays`),
  ].join('\n');
}

/** A file of the project's own may lack what ours would have. */
function hintAt(path: string): string {
  const isChecked = ['serverless.yml', 'tsconfig.json'].includes(path);
  return isChecked ? ' (seldon-lambda doctor says if it lacks something)' : '';
}

function nextSteps({ project, ownScripts }: InitPlan, isInstalled: boolean): string {
  const { execute, install, run } = managerOf(project);
  const folder = relative(process.cwd(), project);
  const serve = ownScripts.includes('start') ? `${execute} seldon-lambda start` : run('start');
  return [
    '',
    ...(folder === '' ? [] : [`  cd ${quoted(folder)}`]),
    ...(isInstalled ? [] : [`  ${install}`]),
    `  ${serve}`,
    `  ${run('test')}`,
  ].join('\n');
}

/** As a shell has to be given it. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Its output goes to the standard error: the standard output is ours. */
async function installPackages(project: string): Promise<void> {
  const { install } = managerOf(project);
  const [command = '', ...args] = install.split(' ');
  const child = spawn(command, args, {
    cwd: project,
    stdio: ['inherit', 2, 2],
    // On Windows, a package manager is a script.
    shell: process.platform === 'win32',
  });
  const code = await once(child, 'close').then(
    ([code, signal]) => code ?? signal,
    (error: Error) => error.message,
  );
  if (code !== 0) {
    throw new UserError(`${install} failed (${code}); run it again in ${project}`);
  }
}
