import { generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto';

interface Account {
  readonly email: string;
  readonly publicKey: KeyObject;
  /** As the console gives it for download. */
  readonly keyFile: string;
  readonly rights: 'owner' | 'none';
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const MOST_SKEW_SECONDS = 300;
const SCOPES = ['devstorage.read_write', 'devstorage.full_control', 'cloud-platform'].map(
  (name) => `https://www.googleapis.com/auth/${name}`,
);

/**
 * Service accounts and the endpoint that gives them tokens, for signed statements alone (RFC 7523): signature,
 * audience, time and scope are checked, with the words that Google's endpoint has for each.
 */
export class GcsAccounts {
  readonly #tokenUri: string;
  readonly #tokenSeconds: number;
  readonly #accounts = new Map<string, Account>();
  readonly #tokens = new Map<string, { readonly email: string; readonly untilMs: number }>();
  /** Statements that were taken, by account. */
  readonly given: string[] = [];

  constructor(tokenUri: string, tokenSeconds = 3600) {
    this.#tokenUri = tokenUri;
    this.#tokenSeconds = tokenSeconds;
  }

  add(name: string, rights: Account['rights']): Account {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const email = `${name}@twincloud-test.iam.gserviceaccount.com`;
    const keyFile = JSON.stringify({
      type: 'service_account',
      project_id: 'twincloud-test',
      private_key_id: randomBytes(20).toString('hex'),
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: email,
      client_id: '100000000000000000000',
      token_uri: this.#tokenUri,
    });
    const account = { email, publicKey, keyFile, rights };
    this.#accounts.set(email, account);
    return account;
  }

  /** The key gets no further tokens; those given stay good until `dropTokens`. */
  revoke(email: string): void {
    this.#accounts.delete(email);
  }

  dropTokens(): void {
    this.#tokens.clear();
  }

  /** What a request with this header may do. */
  rightsOf(authorization: string | undefined): Account['rights'] | 'unknown' {
    const token = /^Bearer (?<token>\S+)$/u.exec(authorization ?? '')?.groups?.['token'] ?? '';
    const known = this.#tokens.get(token);
    if (known === undefined || known.untilMs < Date.now()) return 'unknown';
    return this.#accounts.get(known.email)?.rights ?? 'owner';
  }

  answer(form: URLSearchParams): Answer {
    if (form.get('grant_type') !== GRANT) return refused('unsupported_grant_type', 'Invalid grant_type');
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const said = claimsOf(claims);
    const account = this.#accounts.get(String(said['iss']));
    if (claimsOf(header)['alg'] !== 'RS256') return refused('invalid_grant', 'Invalid JWT: alg');
    if (account === undefined) return refused('invalid_grant', 'Invalid grant: account not found');
    const signed = Buffer.from(`${header}.${claims}`);
    if (!verify('RSA-SHA256', signed, account.publicKey, Buffer.from(signature, 'base64url'))) {
      return refused('invalid_grant', 'Invalid JWT Signature.');
    }
    if (said['aud'] !== this.#tokenUri)
      return refused('invalid_grant', 'Invalid JWT: Failed audience check.');
    const [issued, ends] = [Number(said['iat']), Number(said['exp'])];
    const now = Date.now() / 1000;
    if (!(ends - issued <= 3600) || issued > now + MOST_SKEW_SECONDS || !(ends > now - MOST_SKEW_SECONDS)) {
      const text =
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
      return refused('invalid_grant', text);
    }
    const scopes = String(said['scope']).split(' ');
    if (!scopes.some((scope) => SCOPES.includes(scope)))
      return refused('invalid_scope', 'Invalid OAuth scope');
    const token = `ya29.test-${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, { email: account.email, untilMs: Date.now() + this.#tokenSeconds * 1000 });
    this.given.push(account.email);
    return {
      status: 200,
      body: { access_token: token, expires_in: this.#tokenSeconds, token_type: 'Bearer' },
    };
  }
}

function refused(error: string, description: string): Answer {
  return { status: 400, body: { error, error_description: description } };
}

function claimsOf(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
