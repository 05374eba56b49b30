import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from './project.ts';

/** Whether cfn-lint is installed. It is not a package of npm: `pip install cfn-lint`. */
export const HAS_CFN_LINT = spawnSync('cfn-lint', ['--version']).status === 0;

/** A finding of cfn-lint at one place of a template. */
export interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Filename: string;
  readonly Message: string;
  readonly Location: { readonly Path: readonly unknown[] | null };
}

const RULES = fileURLToPath(new URL('cfn-lint', import.meta.url));

/** Errors and warnings in templates; those in resources that are alike are in one of them. */
export async function lint(files: readonly string[]): Promise<Finding[]> {
  const options = ['--format', 'json', '--append-rules', RULES];
  const { text } = await run(temporaryFolder(), ['cfn-lint', ...options, '--', ...files], {
    HOME: process.env.HOME ?? '',
    PYTHONDONTWRITEBYTECODE: '1',
  });
  return JSON.parse(text) as Finding[];
}
