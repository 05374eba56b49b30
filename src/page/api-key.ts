import { BASE_URL } from './base-url.ts';
import { byId } from './element.ts';

/** Other stages of the host have other keys. */
const NAME = `x-api-key of ${BASE_URL}`;

const input = byId<HTMLInputElement>('api-key');

/** The key that the person gave, or nothing. */
export function apiKey(): string {
  return input.value.trim();
}

/**
 * Fills the field with the key that this tab had before, and keeps what is typed for as long as the tab
 * lives.
 */
export function keepApiKey(onChange: () => void): void {
  input.value = stored() ?? '';
  byId('key').addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', () => {
    store(apiKey());
    onChange();
  });
}

// A browser may refuse storage; then the key lasts as long as the page.
function stored(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function store(key: string): void {
  try {
    if (key === '') {
      sessionStorage.removeItem(NAME);
    } else {
      sessionStorage.setItem(NAME, key);
    }
  } catch {}
}
