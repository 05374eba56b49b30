import {
  type Artifact as Base,
  type Built,
  bundleModules,
  openArtifact,
  writeBuilt,
} from '../../test/support/artifact.ts';
import { LEFTOVERS } from '../../test/support/leftovers.ts';
import { installPeers, PEERS, PEERS_FOLDER } from './peers.ts';

const MODELS = {
  Identity: 'bench/models/Identity.ts',
  Scale: 'bench/models/Scale.ts',
  Classifier: 'bench/models/Classifier.ts',
  Head: 'bench/models/Head.ts',
  Softmax: 'bench/models/Softmax.ts',
  Embedding: 'bench/models/Embedding.ts',
  Waits: 'bench/models/Waits.ts',
  EpsilonGreedy: 'models/EpsilonGreedy.ts',
  ...LEFTOVERS.models,
};
const MODULES = {
  'bench/floor': 'bench/lib/floor.ts',
  ...processes('warm', 'cold', 'growth', 'graph', 'v2', 'throughput', 'batch', 'state-warm', 'state-cold'),
  'bench/graph-serve': 'bench/questions/graph/serve.ts',
  'bench/v2-first': 'bench/questions/v2/first.ts',
  ...LEFTOVERS.modules,
};

/** The code that is measured, as it would be deployed, in a temporary folder. */
export interface Artifact extends Base {
  /** The bundle of each peer by its name; empty when they could not be installed. */
  readonly peers: ReadonlyMap<string, Built>;
  /** Why there are no peers. */
  readonly missingPeers: string | undefined;
}

/**
 * Bundles the handlers with the benchmark's models as `npm run package` does, and likewise the peers, as
 * peers/<name>.mjs, and the processes that measure, as bench/<question>.mjs. Installs the peers from npm
 * where they are missing.
 */
export async function makeArtifact(): Promise<Artifact> {
  const missingPeers = await installPeers();
  const base = await openArtifact(MODELS, MODULES);
  const peers = new Map<string, Built>();
  for (const name of missingPeers === undefined ? PEERS : []) {
    const built = await bundlePeer(base.folder, name);
    writeBuilt(base.folder, built);
    peers.set(name, built);
  }
  return { ...base, peers, missingPeers };
}

/** Bundles each peer alone: chunks that peers share would not be of their own making. */
function bundlePeer(folder: string, name: string): Promise<Built> {
  const entries = { [`peers/${name}`]: `${name}.mjs` };
  return bundleModules({ entries, folder, root: PEERS_FOLDER, hasRequire: true });
}

function processes(...questions: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(questions.map((name) => [`bench/${name}`, `bench/questions/${name}/process.ts`]));
}
