import type { PackageManager } from '../package-manager.ts';
import { yamlText } from '../yaml-list.ts';

/** The facts that the files of a project state. */
export interface ProjectFacts {
  /** Of the package. */
  readonly name: string;
  /** Of the stack. */
  readonly service: string;
  /** The folder of the models, relative to the project. */
  readonly folder: string;
  /** The classes that are deployed. */
  readonly models: readonly string[];
  readonly manager: PackageManager;
}

/** The files of a project beside package.json and its models, by their paths. */
export function projectFiles(facts: ProjectFacts): Record<string, string> {
  return {
    'serverless.yml': serverlessYml(facts),
    'tsconfig.json': TSCONFIG,
    '.gitignore': GITIGNORE,
    'README.md': readme(facts),
  };
}

/** Folders that the commands make. */
export const GITIGNORE = `node_modules/
/dist/
/.build/
/.serverless/
/.state/
`;

/** A model's file is checked only; the bundle is made of it as it is. */
export const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "preserve",
    "moduleResolution": "bundler",
    "types": ["node"],
    "strict": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true,
    "noEmit": true
  }
}
`;

function serverlessYml({ service, folder, models, manager }: ProjectFacts): string {
  const place = folder === 'models' ? '' : `modelFolder: ${yamlText(folder)}\n`;
  return `# The functions, the API, the table, the roles and the alarms come from seldon-lambda:
# \`${manager.execute} serverless print\` shows them.
service: ${yamlText(service)}

provider:
  name: aws

plugins:
  - serverless-offline
  - seldon-lambda/serverless

models: [${models.map(yamlText).join(', ')}]
${place}
# params:
#   default:
#     auth: iam # who may call: iam, jwt, apikey, none (everyone)
#     memory: 1024 # in MB
#     alarmTopic: none # who gets the alarms: an e-mail address, or the ARN of an SNS topic
#   prod:
#     throttleRate: 1000 # requests per second
# All of them: node_modules/seldon-lambda/.github/DEPLOYMENT.md
`;
}

function readme({ name, folder, models, manager }: ProjectFacts): string {
  const [model = 'MyModel'] = models;
  const { execute, install, run } = manager;
  return `# ${name}

Models that [seldon-lambda](node_modules/seldon-lambda/README.md) serves as AWS Lambda functions. They are the
classes in \`${folder}/\`; serverless.yml lists those that are deployed.

\`\`\`sh
${install}
${run('start')}     # serves at http://localhost:9000/docs, and follows changes of the models
${run('test')}
${run('package')}   # dist/model.zip, and how large its parts are
${run('deploy')}    # needs credentials of AWS in the shell
\`\`\`

\`\`\`sh
${execute} seldon-lambda new Chooser --type ROUTER   # one more model
${execute} seldon-lambda contract ${folder}/${model}.contract.json http://localhost:9000
${execute} seldon-lambda doctor                      # what is missing on this machine
${execute} serverless remove                         # takes the deployment away
\`\`\`
`;
}
