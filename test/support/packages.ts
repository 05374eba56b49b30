import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiGatewayV2, readResult } from './events.ts';
import { run } from './project.ts';

/** Writes files below a folder: texts, bytes, or objects as JSON. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array | object>>,
): void {
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const isPlain = typeof contents === 'string' || contents instanceof Uint8Array;
    writeFileSync(join(folder, path), isPlain ? contents : JSON.stringify(contents));
  }
}

/** The start of a program for Linux on a processor, by which binaries are told apart. */
export function elf(architecture: 'x64' | 'arm64'): Uint8Array {
  const header = Buffer.alloc(64);
  header.writeUInt32BE(0x7f454c46);
  header.writeUInt16LE(architecture === 'x64' ? 62 : 183, 18);
  return header;
}

/** Posts a text to /predict of an unzipped package, in a process of its own; answers the text or the body. */
export async function callPackage(folder: string, modelName: string, text = ''): Promise<unknown> {
  const body = JSON.stringify({ strData: text });
  const event = JSON.stringify(apiGatewayV2({ method: 'POST', path: '/predict', body }));
  writeFileSync(join(folder, 'call.mjs'), CALL);
  const { text: output } = await run(folder, [process.execPath, 'call.mjs', event], {
    MODEL_NAME: modelName,
  });
  const answer = readResult(JSON.parse(output.trim().split('\n').at(-1) as string));
  const message = JSON.parse(answer.body as string);
  return message.strData ?? message.jsonData ?? message;
}

const CALL = `
const { handler } = await import('./handlers/predict.mjs');
console.log(JSON.stringify(await handler(JSON.parse(process.argv[2]), {})));
process.exit();`;
