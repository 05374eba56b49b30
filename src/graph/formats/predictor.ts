import { isRecord } from '../../runtime/objects.ts';
import { compileDeployment } from '../deployment.ts';
import { Part } from '../part.ts';
import type { GraphFormat } from './format.ts';

/** A predictor alone, as the operator hands it to the executor in ENGINE_PREDICTOR. */
export const predictor: GraphFormat = {
  kind: 'predictor',
  matches: (document) =>
    isRecord(document) && Object.hasOwn(document, 'graph') && !Object.hasOwn(document, 'kind'),
  toPlan(document, settings) {
    const part = new Part(document, '');
    const annotations = new Part(undefined, 'annotations');
    const name = settings.deployment ?? part.member('name').name();
    return compileDeployment({ name, annotations, predictors: [part], protocol: undefined }, settings);
  },
};
