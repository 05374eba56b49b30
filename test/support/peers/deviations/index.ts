import type { Deviation } from '../expected.ts';
import { ANSWERS } from './answers.ts';
import { ERRORS } from './errors.ts';
import { PATHS } from './paths.ts';
import { REQUESTS } from './requests.ts';
import { V1 } from './v1.ts';

/** All differences from the recorded peers that are on purpose, in the order in which they are applied. */
export const DEVIATIONS: readonly Deviation[] = [...ERRORS, ...PATHS, ...REQUESTS, ...ANSWERS, ...V1];
