import type { GraphFormat } from './format.ts';
import { inferenceGraph } from './inference-graph.ts';
import { predictor } from './predictor.ts';
import { seldonDeployment } from './seldon-deployment.ts';

/** All formats. */
export const FORMATS: readonly GraphFormat[] = [seldonDeployment, inferenceGraph, predictor];
