#!/usr/bin/env node
// @ts-check
import { loadSource } from '../bundle/load-source.js';

/** @type {typeof import('./main.ts')} */
const { main } = await loadSource('./main.ts', import.meta.url);
await main(process.argv.slice(2));
