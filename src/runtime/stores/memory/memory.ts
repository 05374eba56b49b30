import type { OpenStore, Store, Stored } from '../store.ts';

const memories = new Map<string, Map<string, Stored>>();
let writes = 0;

/** `memory:` or `memory://name`: one for each URL and thread; lost when the process ends. */
export const openMemory: OpenStore = ({ href }) => {
  const memory = memories.get(href) ?? new Map<string, Stored>();
  memories.set(href, memory);
  return memoryStore(memory);
};

function memoryStore(memory: Map<string, Stored>): Store {
  return {
    async get(key) {
      return copyOf(memory.get(key));
    },
    async put(key, value, seen) {
      const current = memory.get(key);
      if (current?.version !== seen) {
        return { isStored: false, current: copyOf(current) };
      }
      const version = String(++writes);
      memory.set(key, { value: Uint8Array.from(value), version });
      return { isStored: true, version };
    },
    async close() {},
  };
}

/** A reader may write into the value. */
function copyOf(stored: Stored | undefined): Stored | undefined {
  return stored && { ...stored, value: Uint8Array.from(stored.value) };
}
