import type { Settings } from '../bundle/settings.ts';

/** The plugins that a project needs, in this order: the second works on what the first offers. */
export const PLUGINS = ['serverless-offline', 'seldon-lambda/serverless'] as const;

/** Those that serverless.yml does not list. A list that serverless makes of variables is not known here. */
export function missingPlugins({ plugins }: Settings): (typeof PLUGINS)[number][] {
  // Serverless also takes them with a folder beside them.
  const { modules = plugins } = Object(plugins) as { modules?: unknown };
  if (typeof modules === 'string' && modules.includes('${')) {
    return [];
  }
  const listed: unknown[] = Array.isArray(modules) ? modules : [];
  return PLUGINS.filter((plugin) => !listed.includes(plugin));
}
