import { type Instance, type LocalFunction, type Outcome, startInstance } from './instance.ts';

type Definitions = Readonly<Record<string, LocalFunction>>;

/** The functions of the service, run on this machine. */
export interface Functions {
  /**
   * Calls a function with an event, as JSON. As on Lambda, each call that runs has an instance of its own.
   *
   * @param name - as serverless.yml names it.
   */
  invoke(name: string, event: string, clientContext?: unknown): Promise<Outcome>;
  /**
   * The next calls get new instances. Calls that run go on in theirs.
   *
   * @param definitions - in the place of those before; default: the same.
   */
  replace(definitions?: Definitions): void;
}

/** Options of {@link openFunctions}. */
export interface FunctionsOptions {
  /** An instance that is idle for so many milliseconds ends. */
  readonly idleMs: number;
  /** Gets what is wrong outside of any call, in lines. */
  readonly report: (text: string) => void;
}

/** An instance that waits for its next call, and the timer that ends it. */
interface Idle {
  readonly instance: Instance;
  readonly timer: NodeJS.Timeout;
}

/** Runs functions, by their names in serverless.yml. */
export function openFunctions(given: Definitions, { idleMs, report }: FunctionsOptions): Functions {
  let definitions = given;
  let idle = new Map<string, Idle[]>();

  function take(name: string): Instance {
    const waiting = idle.get(name) ?? [];
    for (let last = waiting.pop(); last !== undefined; last = waiting.pop()) {
      clearTimeout(last.timer);
      if (last.instance.isAlive) {
        return last.instance;
      }
    }
    return startInstance(definitions[name] as LocalFunction, {
      onIdleEnd: ({ trace }) => report(`${name}: ${trace}`),
    });
  }

  function giveBack(name: string, instance: Instance): void {
    const waiting = idle.get(name) ?? [];
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(entry), 1);
      instance.stop();
    }, idleMs).unref();
    const entry = { instance, timer };
    waiting.push(entry);
    idle.set(name, waiting);
  }

  return {
    async invoke(name, event, clientContext) {
      const generation = idle;
      const instance = take(name);
      const outcome = await instance.invoke(event, clientContext);
      if (generation !== idle) {
        instance.stop();
      } else if (instance.isAlive) {
        giveBack(name, instance);
      }
      return outcome;
    },
    replace(next = definitions) {
      definitions = next;
      for (const { instance, timer } of [...idle.values()].flat()) {
        clearTimeout(timer);
        instance.stop();
      }
      idle = new Map();
    },
  };
}
