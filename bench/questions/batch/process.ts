import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Iris } from '../../../models/Iris.ts';
import { fromNested } from '../../../src/runtime/arrays/from-nested.ts';
import { report } from '../../../test/support/report.ts';

/** What somebody writes by hand: reads each line, and calls the model with it. */
export interface BareCase {
  readonly input: string;
  /** Where the answers go; undefined: nowhere. */
  readonly output: string | undefined;
}

/** What it took. */
export interface BareTimes {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const { input, output } = JSON.parse(process.argv[2] as string) as BareCase;
const model = new Iris();
const file = output === undefined ? undefined : await open(output, 'w');
const [start, cpu] = [performance.now(), process.cpuUsage()];
let written: string[] = [];
for await (const line of createInterface({ input: createReadStream(input) })) {
  const answer = model.predict(fromNested(JSON.parse(line)));
  if (file !== undefined) {
    written.push(JSON.stringify(answer.toNested()));
    if (written.length === 5000) {
      await file.write(`${written.join('\n')}\n`);
      written = [];
    }
  }
}
await file?.write(`${written.join('\n')}\n`);
await file?.close();
const { user, system } = process.cpuUsage(cpu);
report({
  seconds: (performance.now() - start) / 1000,
  cpuSeconds: (user + system) / 1e6,
} satisfies BareTimes);
