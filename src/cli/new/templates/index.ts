import { combiner } from './combiner.ts';
import { model } from './model.ts';
import { router } from './router.ts';
import type { Template } from './template.ts';
import { transformer } from './transformer.ts';

/** The templates by the type of component. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  MODEL: model,
  ROUTER: router,
  TRANSFORMER: transformer,
  COMBINER: combiner,
};
