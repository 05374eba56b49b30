// @ts-check
import { accessSync, constants } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSource } from '../bundle/load-source.js';
import { TOP_LEVEL } from './project/schema.js';

/** @typedef {import('./serverless-types.ts').Serverless} Serverless */
/** @typedef {Partial<import('./serverless-types.ts').OfflineOptions> & { function?: string }} Options */

/** The files that the hooks need, each loaded when a command needs it. */
const load = {
  /** @returns {Promise<typeof import('./stack/index.ts')>} */
  stack: () => loadSource('./stack/index.ts', import.meta.url),
  /** @returns {Promise<typeof import('./project/fill-in.ts')>} */
  fillIn: () => loadSource('./project/fill-in.ts', import.meta.url),
  /** @returns {Promise<typeof import('./project/setting-slips.ts')>} */
  settingSlips: () => loadSource('./project/setting-slips.ts', import.meta.url),
  /** @returns {Promise<typeof import('./graph/add-shadows.ts')>} */
  addShadows: () => loadSource('./graph/add-shadows.ts', import.meta.url),
  /** @returns {Promise<typeof import('./graph/protocol-paths.ts')>} */
  protocolPaths: () => loadSource('./graph/protocol-paths.ts', import.meta.url),
  /** @returns {Promise<typeof import('./account/before-deploy.ts')>} */
  beforeDeploy: () => loadSource('./account/before-deploy.ts', import.meta.url),
  /** @returns {Promise<typeof import('./account/deployed-function.ts')>} */
  deployedFunction: () => loadSource('./account/deployed-function.ts', import.meta.url),
  /** @returns {Promise<typeof import('./account/leftovers.ts')>} */
  leftovers: () => loadSource('./account/leftovers.ts', import.meta.url),
  /** @returns {Promise<typeof import('./invoke-local.ts')>} */
  invokeLocal: () => loadSource('./invoke-local.ts', import.meta.url),
  /** @returns {Promise<typeof import('./packaged-zip.ts')>} */
  packagedZip: () => loadSource('./packaged-zip.ts', import.meta.url),
  /** @returns {Promise<typeof import('./refresh-zip.ts')>} */
  refreshZip: () => loadSource('./refresh-zip.ts', import.meta.url),
  /** @returns {Promise<typeof import('./dev-server.ts')>} */
  devServer: () => loadSource('./dev-server.ts', import.meta.url),
  /** @returns {Promise<typeof import('./banner.ts')>} */
  banner: () => loadSource('./banner.ts', import.meta.url),
};

/** The commands that make a template, or show what it is made of. */
const MAKES_TEMPLATE = new Set(['package', 'deploy', 'deploy function', 'print']);

/**
 * The plugin of serverless: it completes serverless.yml by the parameters, makes the zip for `package` and
 * `deploy`, and serves the model for `offline`.
 */
export default class SeldonLambdaPlugin {
  commands = {
    offline: {
      commands: {
        start: {
          options: {
            models: {
              type: 'string',
              usage: 'Folder of the model files. Default: MODEL_DIR, or else models',
            },
            graph: {
              type: 'string',
              usage:
                'The inference graph, a SeldonDeployment or InferenceGraph. Default: graph.yaml, if it is there',
            },
          },
        },
      },
    },
  };

  hooks = {
    // At this point the configuration has been validated, and nothing has read it yet.
    initialize: async () => {
      if (this.#command() === 'invoke local') {
        return this.#bundleForInvoke();
      }
      await this.#shapeStack();
      if (this.#isMade()) {
        await this.#useCollectedZip();
      }
      if (this.#command() === 'deploy') {
        await this.#checkAccount();
      }
    },
    'before:package:createDeploymentArtifacts': () => this.#refreshZip(),
    'after:package:createDeploymentArtifacts': () => this.#collectZip(),
    'after:deploy:function:initialize': () => this.#adoptFunction(),
    'before:deploy:function:packageFunction': () => this.#refreshZip(),
    'before:remove:remove': () => this.#findLeftovers(),
    'after:remove:remove': () => {
      for (const line of this.#leftovers) {
        console.log(line);
      }
    },
    'before:offline:start': () => this.#serveModel(),
    'before:offline:start:init': () => this.#serveModel(),
    'before:offline:start:ready': () => this.#showEndpoints(),
  };

  /** @type {import('./dev-server.ts').DevServer | undefined} */
  #server;
  /** @type {readonly string[]} */
  #leftovers = [];
  #serverless;
  #options;

  /**
   * @param {Serverless} serverless
   * @param {Options} options - of the command line; serverless fills it after the construction.
   */
  constructor(serverless, options) {
    this.#serverless = serverless;
    this.#options = options;
    for (const [name, schema] of Object.entries(TOP_LEVEL)) {
      serverless.configSchemaHandler.defineTopLevelProperty(name, schema);
    }
    // serverless has a cache in the home folder, and fails when it cannot write there.
    if (!isWritable(homedir())) {
      process.env.SLS_SCHEMA_CACHE_BASE_DIR ??= join(tmpdir(), 'seldon-lambda');
    }
  }

  /** serverless calls this before it puts the parameters into the configuration. */
  asyncInit() {
    return this.#run(async () => {
      const isUsed =
        this.#isOffline() || MAKES_TEMPLATE.has(this.#command()) || this.#command() === 'invoke local';
      if (isUsed) {
        (await load.settingSlips()).warnOfSlips(this.#serverless.configurationInput);
      }
      const events = isUsed ? await (await load.protocolPaths()).protocolEvents(this.#serverless) : undefined;
      (await load.fillIn()).fillIn(this.#serverless, isUsed, events);
      if (!this.#isOffline()) {
        if (isUsed) {
          await (await load.addShadows()).addShadows(this.#serverless);
        }
        (await load.stack()).checkParameters(this.#serverless);
      }
    });
  }

  #shapeStack() {
    return this.#run(async () => {
      const { dropRepeatedPaths, shapeStack } = await load.stack();
      dropRepeatedPaths(this.#serverless);
      if (!this.#isOffline()) {
        await shapeStack(this.#serverless, MAKES_TEMPLATE.has(this.#command()) && !this.#isMade());
      }
    });
  }

  #checkAccount() {
    return this.#run(async () => (await load.beforeDeploy()).checkAccount(this.#serverless));
  }

  #adoptFunction() {
    const name = this.#options.function ?? '';
    return this.#run(async () => (await load.deployedFunction()).adoptFunction(this.#serverless, name));
  }

  /** Asks before the stack is gone. */
  #findLeftovers() {
    return this.#run(async () => {
      this.#leftovers = await (await load.leftovers()).describeLeftovers(this.#serverless);
    });
  }

  #bundleForInvoke() {
    return this.#run(async () => (await load.invokeLocal()).bundleForInvoke(this.#serverless));
  }

  #collectZip() {
    return this.#run(async () => {
      if (this.#serverless.processedInput.options.package !== undefined) {
        (await load.packagedZip()).collectZip(this.#serverless);
      }
    });
  }

  #useCollectedZip() {
    return this.#run(async () => (await load.packagedZip()).useCollectedZip(this.#serverless));
  }

  #refreshZip() {
    return this.#run(async () => (await load.refreshZip()).refreshZip(this.#serverless));
  }

  #serveModel() {
    return this.#run(async () => {
      this.#server = await (await load.devServer()).serveModel(this.#serverless, this.#options);
    });
  }

  #showEndpoints() {
    return this.#run(async () => {
      if (this.#server) {
        await (await load.banner()).showEndpoints(this.#serverless, this.#server);
      }
    });
  }

  /** `offline` needs no roles and no alarms, and everyone may call it: it uses serverless.yml as it is. */
  #isOffline() {
    return this.#serverless.processedInput.commands[0] === 'offline';
  }

  /** Whether the template was made before, by `package --package`. */
  #isMade() {
    return this.#command() === 'deploy' && this.#serverless.processedInput.options.package !== undefined;
  }

  /** Such as `deploy` or `deploy function`. */
  #command() {
    return this.#serverless.processedInput.commands.join(' ');
  }

  /** @param {() => Promise<void>} step */
  async #run(step) {
    try {
      await step();
    } catch (error) {
      // By its name: the class is loaded with the step that needs it.
      if (error instanceof Error && error.name === 'UserError') {
        throw new this.#serverless.classes.Error(error.message);
      }
      throw error;
    }
  }
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
