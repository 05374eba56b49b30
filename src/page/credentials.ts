import { scopeOf } from '../client/aws-host.ts';
import { type Signed, signatureOf } from '../client/sigv4.ts';
import { BASE_URL } from './base-url.ts';
import { byId } from './element.ts';

/** Credentials of one kind, which the person types. */
interface Kind {
  /** Headers of a request; only called when the credentials are there. */
  headers(request: Signed): Promise<Record<string, string>> | Record<string, string>;
  /** Words of a curl line, which read the credentials from variables of the shell. */
  curl(): readonly string[];
  isGiven(): boolean;
}

/** One key for each stage of the host. */
const NAME = `x-api-key of ${BASE_URL}`;

const { service, region = 'us-east-1' } = scopeOf(location.hostname);
const kindSelect = byId<HTMLSelectElement>('credentials-kind');

const KINDS: Readonly<Record<string, Kind>> = {
  key: {
    headers: () => ({ 'x-api-key': typed('api-key') }),
    curl: () => ['-H "x-api-key: $API_KEY"'],
    isGiven: () => typed('api-key') !== '',
  },
  token: {
    // Both headers that an authorizer may look at; the other one means nothing.
    headers: () => ({ authorization: `Bearer ${token()}`, 'x-auth-token': token() }),
    curl: () => ['-H "authorization: Bearer $TOKEN"', '-H "x-auth-token: $TOKEN"'],
    isGiven: () => token() !== '',
  },
  aws: {
    headers: (request) =>
      signatureOf(
        request,
        {
          accessKeyId: typed('aws-id'),
          secretAccessKey: typed('aws-secret'),
          sessionToken: typed('aws-token'),
        },
        { service, region: typed('aws-region') },
      ),
    curl: () => [
      `--aws-sigv4 'aws:amz:${typed('aws-region').replace(/[^\w-]/g, '')}:${service}'`,
      '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
      ...(typed('aws-token') === '' ? [] : ['-H "x-amz-security-token: $AWS_SESSION_TOKEN"']),
    ],
    isGiven: () => typed('aws-id') !== '' && typed('aws-secret') !== '',
  },
};

/** The headers with which a request shows the person's credentials; none without credentials. */
export async function credentialHeaders(request: Signed): Promise<Record<string, string>> {
  return (await given()?.headers(request)) ?? {};
}

/** The words that a curl line needs for the same credentials. It does not contain them. */
export function credentialWords(): readonly string[] {
  return given()?.curl() ?? [];
}

/**
 * Opens the form of the credentials. The API key that was typed in this tab before is filled in again, and is
 * remembered until the tab is closed. Tokens and keys of AWS are only in the fields, and so gone with the
 * page.
 */
export function openCredentials(onChange: () => void): void {
  const form = byId('key');
  const key = byId<HTMLInputElement>('api-key');
  key.value = recall() ?? '';
  byId<HTMLInputElement>('aws-region').value = region;
  // A browser may fill in again the choice that was made before the page was loaded anew.
  kindSelect.value = 'key';
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('paste', (event) => {
    if (pasteAwsKeys(event.clipboardData?.getData('text') ?? '')) {
      event.preventDefault();
      onChange();
    }
  });
  form.addEventListener('input', () => {
    remember(key.value.trim());
    showFields();
    onChange();
  });
  showFields();
}

function given(): Kind | undefined {
  const kind = KINDS[kindSelect.value];
  return kind?.isGiven() ? kind : undefined;
}

function showFields(): void {
  for (const kind of Object.keys(KINDS)) {
    byId(`${kind}-fields`).hidden = kind !== kindSelect.value;
  }
}

const AWS_FIELDS = [
  ['aws-id', 'Access_?Key_?Id'],
  ['aws-secret', 'Secret_?Access_?Key'],
  ['aws-token', 'Session_?Token'],
] as const;

/**
 * Fills in the keys out of lines as of `aws configure export-credentials`, in any of its formats.
 *
 * @returns false for a text that is something else.
 */
function pasteAwsKeys(text: string): boolean {
  const found = AWS_FIELDS.map(([id, name]) => {
    const match = new RegExp(`${name}["']?\\s*[=:]\\s*["']?([^\\s"',]+)`, 'i').exec(text);
    return [id, match?.[1] ?? ''] as const;
  });
  if (found[0]?.[1] === '' || found[1]?.[1] === '') {
    return false;
  }
  for (const [id, value] of found) {
    byId<HTMLInputElement>(id).value = value;
  }
  kindSelect.value = 'aws';
  showFields();
  return true;
}

function typed(id: string): string {
  return byId<HTMLInputElement>(id).value.trim();
}

function token(): string {
  return typed('bearer').replace(/^Bearer\s+/i, '');
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
