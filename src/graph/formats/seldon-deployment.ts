import { isRecord } from '../../runtime/objects.ts';
import { checkTransport, compileDeployment, readProtocol } from '../deployment.ts';
import { noNotes, type OpenNotes } from '../notes.ts';
import { brief, Part } from '../part.ts';
import type { GraphFormat } from './format.ts';

const GROUP = 'machinelearning.seldon.io';
const VERSIONS = ['v1', 'v1alpha3', 'v1alpha2'].map((version) => `${GROUP}/${version}`);

/** Members of `spec` that mean something here. */
const KNOWN = ['name', 'predictors', 'annotations', 'protocol', 'transport', 'serverType'];
const OF_KUBERNETES = ['replicas', 'oauth_key', 'oauth_secret'];

/** A SeldonDeployment, as it is applied to a cluster. */
export const seldonDeployment: GraphFormat = {
  kind: 'SeldonDeployment',
  matches: (document) =>
    isRecord(document) && Object.hasOwn(document, 'kind') && document.kind === 'SeldonDeployment',
  async toPlan(document, settings) {
    const part = new Part(document, '');
    part.member('apiVersion').word(VERSIONS) ??
      part.member('apiVersion').refuse(`is not there; expected one of ${VERSIONS.join(', ')}`);
    const spec = part.member('spec');
    const predictors = spec.member('predictors').items();
    if (predictors.length === 0) {
      spec.member('predictors').refuse('has no predictor; expected at least one, with a name and a graph');
    }
    const name = part.member('metadata').member('name');
    const notes = noNotes();
    checkSpec(spec, notes);
    const source = {
      name: (name.isThere ? name : spec.member('name')).name(),
      annotations: spec.member('annotations'),
      predictors,
      protocol: readProtocol(spec),
    };
    return compileDeployment(source, settings, notes);
  },
};

/** Refuses ways of serving that are not there, and notes what means nothing. */
function checkSpec(spec: Part, { ignored, warnings }: OpenNotes): void {
  checkTransport(spec);
  if (spec.member('serverType').word(['rpc', 'kafka']) === 'kafka') {
    spec.member('serverType').refuse('is kafka; expected rpc: a graph answers requests, and reads no topic');
  }
  for (const name of spec.names()) {
    if (OF_KUBERNETES.includes(name)) {
      ignored.add(name);
    } else if (!KNOWN.includes(name)) {
      warnings.add(`spec has ${brief(name)}, which no SeldonDeployment has: it is ignored`);
    }
  }
}
