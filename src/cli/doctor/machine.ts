import { homedir } from 'node:os';
import { join } from 'node:path';
import { readText } from '../../bundle/read-text.ts';
import { PORTS, type PortName, readPort, refuseBusyPort } from '../../deploy/ports.ts';
import { commandLine } from '../command-line.ts';
import { ownPackage } from '../own-package.ts';
import type { Finding, Findings } from './check.ts';

/** The node that runs this is one that this package supports. */
export function checkNode(_project: string, { ok, fail }: Findings): Finding[] {
  const [, least = ''] = /(\d+\.\d+)/.exec(ownPackage().engines.node) ?? [];
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return [
    isEnough
      ? ok(process.versions.node)
      : fail(`${process.versions.node} is too old`, `install node ${least} or later, such as 24`),
  ];
}

/** The ports of `start` are free. */
export async function checkPorts(_project: string, { ok, warn }: Findings): Promise<Finding[]> {
  const { [PORTS.httpPort]: http = 9000, [PORTS.lambdaPort]: lambda, HTTP_HOST = '127.0.0.1' } = process.env;
  const wanted: readonly (readonly [PortName, unknown])[] = [
    ['httpPort', http],
    ['lambdaPort', lambda ?? Number(http) + 2],
  ];
  const remedy = `start on others: ${commandLine('start', '--httpPort 9010')}`;
  const ports = wanted.map(([name, value]) => [name, readPort(name, value)] as const);
  const tried = await Promise.allSettled(ports.map(([name, port]) => refuseBusyPort(name, port, HTTP_HOST)));
  const busy = ports.filter((_port, index) => tried[index]?.status === 'rejected').map(([, port]) => port);
  return [
    busy.length === 0
      ? ok(`${ports.map(([, port]) => port).join(' and ')} are free`)
      : warn(`${busy.join(' and ')} cannot be used on ${HTTP_HOST}`, remedy),
  ];
}

/** Variables that bring credentials where a program runs on AWS or in a pipeline. */
const PROVIDED = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** There are credentials of AWS, for `deploy`. They are looked for, and never shown. */
export function checkCredentials(_project: string, { ok, warn }: Findings): Finding[] {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_PROFILE: profile } = process.env;
  if (id && secret) {
    return [ok('credentials in the environment')];
  }
  if (id || secret) {
    const [there, absent] = id ? ['ID', 'AWS_SECRET_ACCESS_KEY'] : ['secret', 'AWS_ACCESS_KEY_ID'];
    return [warn(`the environment has the ${there} of an access key only`, `set ${absent}, too`)];
  }
  const provided = PROVIDED.find((name) => process.env[name]);
  if (provided !== undefined) {
    return [ok(`credentials from ${provided}`)];
  }
  const wanted = profile || 'default';
  if (hasProfile(wanted)) {
    return [ok(`credentials of the profile ${wanted}`)];
  }
  return [
    warn(
      profile
        ? `there is no profile ${profile}`
        : 'no credentials: deploying needs them, and nothing else does',
      'aws configure, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ),
  ];
}

/** `[name]` in the file of credentials, `[profile name]` in that of the configuration. */
function hasProfile(name: string): boolean {
  const { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE } = process.env;
  const folder = join(homedir(), '.aws');
  const files = [
    AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'),
    AWS_CONFIG_FILE || join(folder, 'config'),
  ];
  return files.some((file) =>
    (readText(file) ?? '')
      .split('\n')
      .map((line) => /^\s*\[\s*(?:profile\s+)?(.+?)\s*\]/.exec(line)?.[1])
      .includes(name),
  );
}
