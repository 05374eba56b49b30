import { TagsDoc } from './TagsDoc.ts';

/** A TagsDoc; in Python its metrics are a tuple. */
export class DocExample extends TagsDoc {}
