import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../command-line.ts';
import { ownPackage } from '../own-package.ts';
import { type Finding, findings } from './check.ts';

/** The node that runs this is one that this package supports. */
export function checkNode(): Finding[] {
  const { ok, fail } = findings('node');
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
export async function checkPorts(): Promise<Finding[]> {
  const { ok, warn } = findings('ports');
  const http = Number(process.env.HTTP_PORT ?? 9000);
  const ports = [http, Number(process.env.LAMBDA_PORT ?? http + 2)];
  const host = process.env.HTTP_HOST ?? '127.0.0.1';
  const free = await Promise.all(ports.map((port) => isFree(port, host)));
  const busy = ports.filter((_port, index) => !free[index]);
  const remedy = `start on others: ${commandLine('start', '--httpPort 9010')}`;
  return [
    busy.length === 0
      ? ok(`${ports.join(' and ')} are free`)
      : warn(`${busy.join(' and ')} cannot be used on ${host}`, remedy),
  ];
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Variables that bring credentials where a program runs on AWS or in a pipeline. */
const PROVIDED = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** There are credentials of AWS, for `deploy`. They are looked for, and never shown. */
export function checkCredentials(): Finding[] {
  const { ok, warn } = findings('aws');
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
  return files.filter(existsSync).some((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => /^\s*\[\s*(?:profile\s+)?(.+?)\s*\]/.exec(line)?.[1])
      .includes(name),
  );
}
