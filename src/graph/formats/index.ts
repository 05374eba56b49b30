import type { GraphFormat } from './format.ts';
import { predictor } from './predictor.ts';
import { seldonDeployment } from './seldon-deployment.ts';

/** All formats. */
export const FORMATS: readonly GraphFormat[] = [seldonDeployment, predictor];
