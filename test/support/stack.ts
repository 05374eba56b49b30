import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyProject, environmentOf } from './project.ts';
import { runServerless } from './serverless-processes.ts';

/** A template for CloudFormation. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** A resource of it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has a shape of its own.
  readonly Properties: any;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
}

const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';

/** Where the template of a project lies when it has been packaged. */
export function templatePath(project: string): string {
  return join(project, TEMPLATE);
}

/** The template of a project that has been packaged. */
export function readTemplate(project: string): Template {
  return JSON.parse(readFileSync(templatePath(project), 'utf8')) as Template;
}

/** The resources of a type. */
export function resourcesOf({ Resources }: Template, type: string): Resource['Properties'][] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
}

/**
 * A copy of the project with a zip that was not made here, and so is taken as it is: packaging takes a
 * second. In `folder`, or in one of its own.
 */
export function copyWithZip(folder?: string): string {
  const project = copyProject(folder);
  mkdirSync(join(project, 'dist'));
  writeFileSync(join(project, 'dist/model.zip'), 'a zip');
  return project;
}

/** A command of serverless, with parameters as `--param` takes them. One at a time for each project. */
export function serverless(
  project: string,
  command: readonly string[],
  parameters: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<{ code: number | string; text: string }> {
  const params = parameters.flatMap((parameter) => ['--param', parameter]);
  const env = environmentOf(project, environment);
  return runServerless({ cwd: project, argv: [...command, ...params], env });
}
