import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import { makeArtifact } from './lib/artifact.ts';
import { missedAims, readBase, showBoth, worseThan } from './lib/gate.ts';
import { openNodes } from './lib/nodes.ts';
import type { Aim, Bench, Question } from './lib/question.ts';
import { openServers, type Servers } from './lib/servers.ts';
import { writeSpeedTable } from './lib/speed-table.ts';
import { QUESTIONS } from './questions/index.ts';

/** The questions, and how much is measured. */
export interface RunOptions {
  readonly names: readonly string[];
  readonly isQuick: boolean;
  /** Whether an aim that is missed fails the run. */
  readonly isGate: boolean;
  /** The results of another revision, which these are compared with: then only what became worse fails the run. */
  readonly base?: string | undefined;
  /** Whether the results go into the table of .github/SPEED.md. */
  readonly writesTable: boolean;
  /** Other nodes, such as `22`. */
  readonly versions: readonly string[];
  readonly increments: number;
  /** Where the results go. */
  readonly file: string;
}

/**
 * Answers questions one after the other and prints their tables.
 *
 * @returns the exit code.
 */
export async function run(options: RunOptions): Promise<number> {
  const { names, isQuick, isGate, base, writesTable, versions, increments, file } = options;
  const before = base === undefined ? undefined : readBase(base);
  const environment = describeMachine();
  const { date, node, cpu, load } = environment;
  console.log(`node ${node}, ${cpu}, load ${load}, ${date}${isQuick ? ', quick' : ''}\n`);
  let opened: Promise<Servers> | undefined;
  const servers = () => {
    opened ??= openServers();
    return opened;
  };
  const artifact = await makeArtifact();
  try {
    const bench = { artifact, isQuick, nodes: await openNodes(versions), increments, servers };
    const { results, aims, mistakes } = await answer(names, bench);
    write(file, { environment, isQuick, aims, ...results });
    if (base !== undefined) {
      console.log(
        `\n${before === undefined ? `${base} has no aims: nothing to compare` : showBoth(before, aims)}\n`,
      );
    }
    if (writesTable) {
      writeSpeedTable(results, environment);
    }
    const missed = isGate ? failuresOf(aims, base, before) : [];
    for (const line of [...mistakes, ...missed]) {
      console.error(`failed: ${line}`);
    }
    return mistakes.length + missed.length > 0 ? 1 : 0;
  } finally {
    artifact.remove();
    await (await opened)?.close();
  }
}

function failuresOf(
  aims: readonly Aim[],
  base: string | undefined,
  before: readonly Aim[] | undefined,
): readonly string[] {
  return base === undefined ? missedAims(aims) : worseThan(before ?? [], aims);
}

function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    // Beside other work of the machine only the ratios mean something.
    load: loadavg()[0]?.toFixed(1),
  };
}

async function answer(names: readonly string[], bench: Bench) {
  const results: Record<string, unknown> = {};
  const aims: Aim[] = [];
  const mistakes: string[] = [];
  for (const name of names) {
    console.error(`measuring ${name} ...`);
    const question = QUESTIONS[name] as Question<unknown>;
    const result = await question.measure(bench);
    results[name] = result;
    aims.push(...(question.aims?.(result) ?? []));
    mistakes.push(...(question.mistakes?.(result) ?? []));
    console.log(`${question.show(result)}\n`);
  }
  return { results, aims, mistakes };
}

function write(file: string, results: unknown): void {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`written to ${path}`);
}
