#!/usr/bin/env node
// @ts-check
// `npm create seldon-lambda fraud` runs this, with the arguments of `seldon-lambda init`.
import { readFileSync } from 'node:fs';

const manifest = import.meta.resolve('seldon-lambda/package.json');
const { bin } = JSON.parse(readFileSync(new URL(manifest), 'utf8'));
process.argv.splice(2, 0, 'init');
await import(new URL(bin['seldon-lambda'], manifest).href);
