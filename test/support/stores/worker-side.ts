import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker } from './workers.ts';

/** The side of a process or thread that `startWorker` started. */
export interface WorkerSide<Job, Report, Progress> {
  readonly job: Job;
  /**
   * Says that all is ready; runs `work` when it is told to, and resolves when it has said what came of it.
   * `meet` says that a phase is over, and resolves when it is told to begin the next.
   */
  whenTold(work: (meet: () => Promise<void>) => Promise<Report>): Promise<void>;
  report(progress: Progress): void;
}

/** Opens the side of the process or thread that runs this module. */
export function openWorkerSide<Job, Report, Progress = never>(): WorkerSide<Job, Report, Progress> {
  const send = (message: FromWorker<Report, Progress>) => {
    if (parentPort) {
      parentPort.postMessage(message);
    } else {
      process.send?.(message);
    }
  };
  // The process that started this one has ended.
  process.once('disconnect', () => process.exit(1));
  const meet = async () => {
    send({ isReady: true });
    await (parentPort ? once(parentPort, 'message') : once(process, 'message'));
  };
  return {
    job: parentPort ? workerData : JSON.parse(process.argv[2] ?? '{}'),
    async whenTold(work) {
      await meet();
      send({ report: await work(meet) });
      process.removeAllListeners('disconnect');
      if (!process.connected) {
        return;
      }
      // Messages from before are sent first.
      process.disconnect();
      await once(process, 'disconnect');
    },
    report: (progress) => send({ progress }),
  };
}
