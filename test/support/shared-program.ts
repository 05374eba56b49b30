import { environmentOf } from './project.ts';
import { runServerless } from './serverless-processes.ts';

/**
 * Runs the program of a copy of this project to its end, in a process that may have run other commands before:
 * what it loads is loaded once. One command at a time.
 */
export function program(
  project: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): ReturnType<typeof runServerless> {
  const env = environmentOf(project, environment);
  return runServerless({ cwd: project, program: 'src/cli/bin.js', argv: args, env });
}
