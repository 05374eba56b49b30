// @ts-check
import { accessSync, constants } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

/**
 * What serverless loads: it completes serverless.yml by the parameters, makes the zip for `package` and
 * `deploy`, and keeps `offline` fed with fresh code.
 */
export default class SeldonLambdaPlugin {
  commands = {
    offline: {
      commands: {
        start: {
          options: {
            models: { type: 'string', usage: 'Folder with the model files. Default: MODEL_DIR, else models' },
          },
        },
      },
    },
  };

  hooks = {
    // Here the configuration has been validated, and nobody has read it yet.
    initialize: async () => {
      await this.#run('./stack/index.ts', 'dropRepeatedPaths');
      await this.#stack('shapeStack');
    },
    'before:package:createDeploymentArtifacts': () => this.#run('./refresh-zip.ts', 'refreshArtifact'),
    'before:deploy:function:packageFunction': () => this.#run('./refresh-zip.ts', 'refreshArtifact'),
    'before:offline:start': () => this.#run('./dev-server.ts', 'serveModel'),
    'before:offline:start:init': async () => {
      await this.#run('./dev-server.ts', 'serveModel');
      // serverless-offline now prints each route twice, in a frame; showEndpoints then says it in a line.
      console.log = () => {};
    },
    'before:offline:start:ready': () => {
      console.log = this.#print;
      return this.#run('./banner.ts', 'showEndpoints');
    },
  };

  #print = console.log;
  #serverless;
  #options;

  /**
   * @param {any} serverless
   * @param {Record<string, string | undefined>} options - as given on the command line; filled after
   *   construction.
   */
  constructor(serverless, options) {
    this.#serverless = serverless;
    this.#options = options;
    // serverless keeps a cache in the home folder, and fails where it cannot.
    if (!isWritable(homedir())) {
      process.env.SLS_SCHEMA_CACHE_BASE_DIR ??= join(tmpdir(), 'seldon-lambda');
    }
  }

  /** Serverless calls it before it puts the parameters into the configuration. */
  asyncInit() {
    return this.#stack('checkParameters');
  }

  /**
   * `offline` takes the file as it is: there are no callers to keep out, and nobody to alarm.
   *
   * @param {string} name
   */
  async #stack(name) {
    if (this.#serverless.processedInput.commands[0] !== 'offline') {
      await this.#run('./stack/index.ts', name);
    }
  }

  /**
   * @param {string} file
   * @param {string} name
   */
  async #run(file, name) {
    const module = await tsImport(file, import.meta.url);
    try {
      await module[name](this.#serverless, this.#options);
    } catch (error) {
      // An error of this class is shown as its message, without a stack.
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
