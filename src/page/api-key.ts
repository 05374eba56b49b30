import { BASE_URL } from './base-url.ts';
import { byId } from './element.ts';

/** One key for each stage of the host. */
const NAME = `x-api-key of ${BASE_URL}`;

const input = byId<HTMLInputElement>('api-key');

/** The key that the person typed; empty without one. */
export function apiKey(): string {
  return input.value.trim();
}

/**
 * Fills the field with the key that was typed in this tab before, and remembers what is typed until the tab
 * is closed.
 */
export function keepApiKey(onChange: () => void): void {
  input.value = recall() ?? '';
  byId('key').addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', () => {
    remember(apiKey());
    onChange();
  });
}

// A browser may refuse storage: the key is then forgotten with the page.
function recall(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function remember(key: string): void {
  try {
    if (key === '') {
      sessionStorage.removeItem(NAME);
    } else {
      sessionStorage.setItem(NAME, key);
    }
  } catch {}
}
