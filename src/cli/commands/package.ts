import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nameOf } from '../bundle/installed.ts';
import type { Architecture } from '../bundle/machine.ts';
import { byName, modelsIn } from '../bundle/model-sources.ts';
import { MAX_DIRECT_ZIP_BYTES, type Package, type PackageOptions, packageModels } from '../bundle/package.ts';
import { CompileError } from '../bundle/result.ts';
import { UserError } from '../bundle/user-error.ts';
import { runCommand } from './command.ts';
import { zipTable } from './zip-table.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

await runCommand({
  name: 'package',
  summary: 'Makes one zip for AWS Lambda: all functions, and your models.',
  usage: '[--model models/MyModel.ts ...] [--arch arm64|x64] [--out dist/model.zip]',
  takesArguments: false,
  options: {
    model: {
      type: 'string',
      multiple: true,
      short: 'm',
      value: 'file',
      help:
        'a model: a file that exports a class of the same name, or a default export;\n' +
        'may be repeated (default: every file in models/)',
    },
    file: {
      type: 'string',
      multiple: true,
      short: 'f',
      default: [],
      value: 'file',
      help:
        "one more file or folder for the models' folder in the zip; may be repeated. Files\n" +
        "that a model names in modelFile('...') are added without it",
    },
    external: {
      type: 'string',
      multiple: true,
      short: 'e',
      default: [],
      value: 'package',
      help:
        'a package that stays outside of the bundle, as files in node_modules of the zip;\n' +
        'one that is not installed is left out; may be repeated',
    },
    arch: {
      type: 'string',
      short: 'a',
      default: 'arm64',
      value: 'name',
      help: 'the processor for packages with native code: arm64 or x64',
    },
    s3: {
      type: 'boolean',
      default: false,
      help: 'the zip is uploaded through S3, and so may be larger than 50 MB',
    },
    out: {
      type: 'string',
      short: 'o',
      value: 'file',
      help: 'the zip (default: dist/model.zip, which serverless.yml deploys)',
    },
  },
  async run({ model, file, external, arch, s3, out = join(ROOT, 'dist/model.zip') }) {
    const zip = resolve(out);
    const made = await packageUsable(model === undefined, {
      root: ROOT,
      models: readModels(model),
      out: zip,
      extra: file.map((each) => existing(each, 'file')),
      external: external.map(nameOf),
      architecture: readArchitecture(arch),
      hasModelUri: Boolean(process.env.MODEL_URI),
    });
    for (const warning of made.warnings) {
      console.warn(`warning: ${warning}`);
    }
    console.log(zipTable(made));
    if (!s3) {
      refuseTooLargeToUpload(zip, made.zippedBytes);
    }
    console.log(zip);
    return 0;
  },
});

/**
 * Packages the models. Of those that nobody has named, it leaves out the ones that import a package which is
 * not installed, and says so.
 */
async function packageUsable(isAll: boolean, options: PackageOptions): Promise<Package> {
  try {
    return await packageModels(options);
  } catch (error) {
    const { models } = options;
    const unusable = isAll && error instanceof CompileError ? error.models : [];
    const usable = Object.entries(models).filter(([name]) => !unusable.includes(name));
    if (unusable.length === 0 || usable.length === 0) {
      throw error;
    }
    console.warn(
      `warning: without ${unusable.join(', ')}, as ${unusable.length > 1 ? 'they need' : 'it needs'} what is ` +
        `not installed:\n${(error as Error).message}`,
    );
    return packageModels({ ...options, models: Object.fromEntries(usable) });
  }
}

function readModels(files: readonly string[] | undefined): Record<string, string> {
  const folder = join(ROOT, 'models');
  return files === undefined
    ? modelsIn(folder)
    : byName(
        files.map((file) => existing(file, 'model file')),
        folder,
      );
}

function readArchitecture(name: string): Architecture {
  if (name === 'arm64' || name === 'x64') {
    return name;
  }
  throw new UserError(`--arch ${name}: expected arm64 or x64`);
}

function existing(file: string, kind: string): string {
  if (!existsSync(file)) {
    throw new UserError(`there is no ${kind} ${file}`);
  }
  return resolve(file);
}

function refuseTooLargeToUpload(zip: string, bytes: number): void {
  if (bytes <= MAX_DIRECT_ZIP_BYTES) {
    return;
  }
  throw new UserError(
    `${zip} has ${toMegabytes(bytes)} MB; Lambda accepts at most ${toMegabytes(MAX_DIRECT_ZIP_BYTES)} MB ` +
      'unless the zip comes from S3: upload it there, as `serverless deploy` does, and pass --s3',
  );
}

function toMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
