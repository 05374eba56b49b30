import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { env, InferenceSession, type Tensor } from 'onnxruntime-node';
import { SeldonError } from 'seldon-lambda';
import { badData, badParameter } from './errors.ts';

/**
 * Level FATAL: what fails is thrown, too, and a line of ONNX Runtime's own may have a caller's data in it.
 */
const QUIET = { logSeverityLevel: 4 } as const;

const LFS = 'version https://git-lfs.github.com/spec/';

/** Parts of ONNX Runtime's messages, with what to do then. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /parsing failed|does not have a graph/i,
    'it is cut off, damaged or not an ONNX file: compare it with the original and copy it again',
  ],
  [/opset|IR version/i, 'export the model for an older opset, or install a newer onnxruntime-node'],
  [/No Op registered/i, 'use operations that onnxruntime-node has, or install a newer one'],
  [/Unsupported data type/i, 'cast the inputs and outputs of the graph to other types'],
  [/external|file size|\.data\b/i, 'put the files with its weights beside it'],
];

/**
 * Opens a graph.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the file, the reason and what to do.
 */
export async function openGraph(path: string): Promise<InferenceSession> {
  const file = basename(path);
  const start = readStart(path, LFS.length);
  if (start === '') {
    throw badParameter(`${file} is empty; copy the ONNX file again`);
  }
  if (start === LFS) {
    throw badParameter(`${file} is a pointer of Git LFS and not the file itself; run: git lfs pull`);
  }
  try {
    return await InferenceSession.create(path, QUIET);
  } catch (error) {
    const reason = reasonOf(error).replaceAll(path, file);
    const remedy = REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
    const version = env.versions.node ?? env.versions.common;
    const advice = remedy === undefined ? '' : `; ${remedy}`;
    throw badParameter(`${file} cannot be loaded by onnxruntime-node ${version}: ${reason}${advice}`);
  }
}

/**
 * Computes outputs of a graph.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for tensors that the graph cannot compute, though they have the
 *   types and shapes that it names; MICROSERVICE_PAYLOAD_TOO_LARGE when there is not enough memory.
 */
export async function runGraph(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  outputs: readonly string[],
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, outputs);
  } catch (error) {
    const reason = reasonOf(error);
    if (/allocate memory|bad_alloc/.test(reason)) {
      const info = 'the ONNX graph needs more memory for this input than there is';
      throw new SeldonError('MICROSERVICE_PAYLOAD_TOO_LARGE', info, { cause: error });
    }
    throw badData(`the ONNX graph cannot compute this input: ${reason}`);
  }
}

/** The first characters of a file; all of them if it has fewer. */
function readStart(path: string, length: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

/** ONNX Runtime's message in one line, without places in its sources and without words of every message. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^Load model from .* failed:/, '')
    .replace(
      /^Non-zero status code returned while running (\w+) node\. Name:'.*?' Status Message: /,
      '$1 node: ',
    )
    .replace(/\/\S+\.(h|cc):\d+ [^()]*\([^()]*\) (const )?/g, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : (\S+\.cc:\d+ \w+ )?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
