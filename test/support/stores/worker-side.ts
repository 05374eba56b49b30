import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker } from './workers.ts';

/** The side of a process or thread that `startWorker` started. */
export interface WorkerSide<Job, Report, Progress> {
  readonly job: Job;
  /**
   * Says that all is ready; runs `work` when it is told to, and resolves when it has said what came of it.
   */
  whenTold(work: () => Promise<Report>): Promise<void>;
  report(progress: Progress): void;
}

/** What this process or thread was started for. */
export function openWorkerSide<Job, Report, Progress = never>(): WorkerSide<Job, Report, Progress> {
  const send = (message: FromWorker<Report, Progress>) => {
    if (parentPort) {
      parentPort.postMessage(message);
    } else {
      process.send?.(message);
    }
  };
  // Whoever started this ended without it.
  process.once('disconnect', () => process.exit(1));
  return {
    job: parentPort ? workerData : JSON.parse(process.argv[2] ?? '{}'),
    async whenTold(work) {
      send({ isReady: true });
      await (parentPort ? once(parentPort, 'message') : once(process, 'message'));
      send({ report: await work() });
      process.removeAllListeners('disconnect');
      if (!process.connected) {
        return;
      }
      // What was said before is sent before.
      process.disconnect();
      await once(process, 'disconnect');
    },
    report: (progress) => send({ progress }),
  };
}
