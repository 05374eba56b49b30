import type { Question } from '../lib/question.ts';
import { batch } from './batch/question.ts';
import { cold } from './cold/question.ts';
import { graph } from './graph/question.ts';
import { growth } from './growth/question.ts';
import { sizes } from './sizes/question.ts';
import { stability } from './stability/question.ts';
import { stateCold } from './state-cold/question.ts';
import { stateContention } from './state-contention/question.ts';
import { stateWarm } from './state-warm/question.ts';
import { throughput } from './throughput/question.ts';
import { v2 } from './v2/question.ts';
import { warm } from './warm/question.ts';

/** All questions by name, in the order of their tables. */
export const QUESTIONS: Readonly<Record<string, Question<unknown>>> = {
  warm,
  cold,
  sizes,
  growth,
  graph,
  v2,
  throughput,
  batch,
  stability,
  'state-cold': stateCold,
  'state-warm': stateWarm,
  'state-contention': stateContention,
};

/** Names of the questions about the state. */
export const STATE = Object.keys(QUESTIONS).filter((name) => name.startsWith('state-'));
