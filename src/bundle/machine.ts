import { closeSync, openSync, readSync } from 'node:fs';

/** The processors that Lambda has, in node's words: Lambda's own name for x64 is x86_64. */
export type Architecture = 'arm64' | 'x64';

/** The number of a processor in the header of an ELF file -> its name. */
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'x64', 183: 'arm64' };

/** False only for a program of another platform. */
export function runsOn(architecture: Architecture, file: string): boolean {
  const machine = machineOf(file);
  return machine === undefined || machine === architecture;
}

/** The processor that a program is for; undefined for a file that is not a program. */
export function machineOf(file: string): Architecture | 'another' | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header);
  closeSync(descriptor);
  if (length < header.length) {
    return undefined;
  }
  if (header.readUInt32BE(0) === 0x7f454c46) {
    return MACHINES[header.readUInt16LE(18)] ?? 'another';
  }
  const isMach = [0xfeedface, 0xfeedfacf, 0xcafebabe, 0xcffaedfe, 0xcefaedfe].includes(
    header.readUInt32BE(0),
  );
  const isWindows = header.toString('latin1', 0, 2) === 'MZ';
  return isMach || isWindows ? 'another' : undefined;
}
