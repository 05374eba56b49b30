// @ts-check
import { accessSync, constants } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

/** @typedef {import('./serverless-types.ts').Serverless} Serverless */
/** @typedef {Partial<import('./serverless-types.ts').OfflineOptions>} Options */

/** The files that the hooks need, each loaded when a command needs it. */
const load = {
  /** @returns {Promise<typeof import('./stack/index.ts')>} */
  stack: () => tsImport('./stack/index.ts', import.meta.url),
  /** @returns {Promise<typeof import('./refresh-zip.ts')>} */
  refreshZip: () => tsImport('./refresh-zip.ts', import.meta.url),
  /** @returns {Promise<typeof import('./dev-server.ts')>} */
  devServer: () => tsImport('./dev-server.ts', import.meta.url),
  /** @returns {Promise<typeof import('./banner.ts')>} */
  banner: () => tsImport('./banner.ts', import.meta.url),
};

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
          },
        },
      },
    },
  };

  hooks = {
    // At this point the configuration has been validated, and nothing has read it yet.
    initialize: () => this.#shapeStack(),
    'before:package:createDeploymentArtifacts': () => this.#refreshZip(),
    'before:deploy:function:packageFunction': () => this.#refreshZip(),
    'before:offline:start': () => this.#serveModel(),
    'before:offline:start:init': () => this.#serveModel(),
    'before:offline:start:ready': () => this.#showEndpoints(),
  };

  /** @type {import('./dev-server.ts').DevServer | undefined} */
  #server;
  #serverless;
  #options;

  /**
   * @param {Serverless} serverless
   * @param {Options} options - of the command line; serverless fills it after the construction.
   */
  constructor(serverless, options) {
    this.#serverless = serverless;
    this.#options = options;
    // serverless has a cache in the home folder, and fails when it cannot write there.
    if (!isWritable(homedir())) {
      process.env.SLS_SCHEMA_CACHE_BASE_DIR ??= join(tmpdir(), 'seldon-lambda');
    }
  }

  /** serverless calls this before it puts the parameters into the configuration. */
  asyncInit() {
    return this.#run(async () => {
      if (!this.#isOffline()) {
        (await load.stack()).checkParameters(this.#serverless);
      }
    });
  }

  #shapeStack() {
    return this.#run(async () => {
      const { dropRepeatedPaths, shapeStack } = await load.stack();
      dropRepeatedPaths(this.#serverless);
      if (!this.#isOffline()) {
        shapeStack(this.#serverless);
      }
    });
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

  /** @param {() => Promise<void>} step */
  async #run(step) {
    try {
      await step();
    } catch (error) {
      // By its name: each tsImport loads its own copy of the class.
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
