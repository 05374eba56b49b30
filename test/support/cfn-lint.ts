import { spawnSync } from 'node:child_process';
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

/** Errors and warnings in templates. */
export async function lint(files: readonly string[]): Promise<Finding[]> {
  const { text } = await run(temporaryFolder(), ['cfn-lint', '--format', 'json', '--', ...files], {
    HOME: process.env.HOME ?? '',
  });
  return JSON.parse(text) as Finding[];
}
