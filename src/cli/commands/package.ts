import type { Command } from 'commander';
import { addNotes, noArguments, repeated } from '../program.ts';

/** `package`: makes the zip. */
export function configure(command: Command): void {
  command
    .usage('[--model models/MyModel.ts ...] [--graph graph.yaml] [--arch arm64|x64] [--out dist/model.zip]')
    .option(
      '-m, --model <file>',
      'a model: its name, or a file that exports a class of the same name, or a default export; may be ' +
        'repeated (default: those that serverless.yml lists, or else every file in models/)',
      repeated,
    )
    .option(
      '-g, --graph <file>',
      'an inference graph: a SeldonDeployment, or an InferenceGraph of KServe, whose units become classes, ' +
        'functions or URLs (default: ' +
        'SELDON_GRAPH, or else graph in serverless.yml, or else graph.yaml; none with --model)',
    )
    .option(
      '-f, --file <file>',
      "one more file or folder for the models' folder in the zip; may be repeated. Files that a model names " +
        "in modelFile('...') are added without it",
      repeated,
      [],
    )
    .option(
      '-e, --external <package>',
      'a package that stays outside of the bundle, as files in node_modules of the zip; one that is not ' +
        'installed is left out; may be repeated',
      repeated,
      [],
    )
    .option('-a, --arch <name>', 'the processor for packages with native code: arm64 or x64', 'arm64')
    .option('--s3', 'the zip is uploaded through S3, and so may be larger than 50 MB', false)
    .option('-o, --out <file>', 'the zip (default: dist/model.zip, which serverless.yml deploys)')
    .option('--json', 'print the files of the zip and their sizes as JSON', false)
    .action(async (options) => (await import('../package/run.ts')).packageProject(options));
  noArguments(command);
  addNotes(command, [
    '',
    '--model models/Fraud.ts --model models/Iris.ts',
    '--graph graph.yaml',
    '--arch x64 --out fraud.zip',
  ]);
}
