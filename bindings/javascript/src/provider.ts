import { type BedrockTokenError } from "./error.js";
import { isListed, isServices, listed } from "./hosts.js";
import { type Frame, isInside, run } from "./inside.js";
import { failure, retryAt } from "./module.js";
import { EXPIRES_DEFAULT, generate, schedule, type Service, type Times } from "./token.js";

/** As the AWS SDK's credential providers give them. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  /** When the credentials end. Absent if they do not. */
  expiration?: Date | undefined;
}

export interface ProviderOptions {
  region: string;
  /**
   * Where credentials come from, such as a credential provider of the AWS SDK. It is asked when a new
   * token is due, never twice at the same time.
   */
  credentials: Credentials | (() => Credentials | Promise<Credentials>);
  /** The life of each token in seconds, 1 to 43200. By default 43200: 12 hours. */
  expires?: number | undefined;
  /** By default `"bedrock"`. */
  service?: Service | undefined;
  /** Called with the reason when a renewal fails, also while callers still get the kept token. */
  onFailure?: ((failure: BedrockTokenError) => void) | undefined;
  /** After how many milliseconds without an answer `credentials` is given up. By default 60,000. */
  timeout?: number | undefined;
  /**
   * More hosts that {@link Provider.fetch} sends the token to: "host" or "host:port". Without a port, it is
   * the scheme's own.
   */
  hosts?: readonly string[] | undefined;
}

interface Kept extends Times {
  token: string;
}

type Outcome = { kept: Kept } | { error: BedrockTokenError };

interface Renewal extends Frame {
  /** When its source is given up, as performance.now() counts. */
  deadline: number;
  outcome: Promise<Outcome>;
  resolve: (outcome: Outcome) => void;
}

const now = (): number => Date.now() / 1000;

/** The last second of the year 9999, and one. The module refuses it. */
const REFUSED_TIME = 253402300800;

function credentialsEnd(expiration: unknown): number {
  if (expiration === undefined || expiration === null) return 0;
  const end = Math.floor(new Date(expiration as Date).getTime() / 1000);
  // 0 would say that they do not end.
  return Number.isNaN(end) ? REFUSED_TIME : Math.max(1, end);
}

const holds = (kept: Kept | undefined, time: number): kept is Kept =>
  kept !== undefined && kept.validFrom <= time && time < kept.expiresAt;

/**
 * Keeps a token, and asks for credentials to generate a new one before it or its credentials end. Make one
 * for a program, or one for each tenant.
 *
 * `token`, `identity` and `fetch` can be passed on as functions.
 */
export class Provider {
  readonly #options: ProviderOptions & { expires: number; service: Service; timeout: number };
  readonly #hosts: ReadonlySet<string>;
  #kept: Kept | undefined;
  #renewAt = 0;
  #refusedAt = -Infinity;
  #renewal: Renewal | undefined;
  #failure: BedrockTokenError | undefined;

  /**
   * @throws BedrockTokenError if the region, the service or `expires` is refused.
   * @throws TypeError if `hosts` is not a list of hosts.
   */
  constructor(options: ProviderOptions) {
    const { expires = EXPIRES_DEFAULT, service = "bedrock", timeout = 60_000 } = options;
    this.#options = { ...options, expires, service, timeout };
    generate("A", "A", null, options.region, { expires, service, at: new Date(0) }); // checks them
    this.#hosts = listed(options.hosts);
  }

  /**
   * A token that has not ended. While it holds, a renewal that fails is no error: {@link failure} shows it.
   * `signal` ends this call's wait and leaves the renewal to others.
   *
   * As OpenAI's and Anthropic's `apiKey`: `apiKey: provider.token`.
   */
  readonly token = async (options?: { signal?: AbortSignal | undefined }): Promise<string> =>
    (this.#fresh() ?? await this.#renewed(options?.signal)).token;

  /** The token and its end, for the option `token` of the AWS SDK's clients. */
  readonly identity = async (): Promise<{ token: string; expiration: Date }> => {
    const { token, expiresAt } = this.#fresh() ?? await this.#renewed();
    return { token, expiration: new Date(expiresAt * 1000) };
  };

  /**
   * `fetch` with the token, for clients that take no function as a key: they get any other key, which is
   * replaced. It goes to the hosts of the service in the provider's region over https, and to those of
   * the option `hosts`; other requests fail. If the service refuses the token, the next request renews it,
   * at most once a minute: most refusals have another cause.
   */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const isRequest = typeof input === "object" && "url" in input;
    const url = new URL(isRequest ? input.url : input);
    const { service, region } = this.#options;
    if (!isServices(url, service, region) && !isListed(url, this.#hosts)) {
      throw new TypeError(
        `the token is not sent to ${url.origin}: not a host of this provider's service and region over https`,
      );
    }
    const signal = init?.signal ?? (isRequest ? input.signal : undefined);
    const token = await this.token({ signal });
    const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
    headers.delete("authorization");
    headers.delete("x-api-key");
    if (service === "bedrock") headers.set("authorization", `Bearer ${token}`);
    else headers.set("x-api-key", token);
    // A redirect could lead elsewhere.
    const response = await globalThis.fetch(input, { ...init, headers, redirect: "manual" });
    const isRefused = response.status === 401 || response.status === 403;
    if (isRefused && token === this.#kept?.token && Math.abs(now() - this.#refusedAt) >= 60) {
      this.#refusedAt = now();
      this.#renewAt = 0; // it stays in use while there is no other
    }
    return response;
  };

  /** Drops the kept token if it is the one that was refused, or in any case without an argument. */
  invalidate(refused?: string): void {
    if (refused === undefined || refused === this.#kept?.token) this.#kept = undefined;
  }

  /** Why the last renewal failed; `undefined` if it did not. For logs and health checks. */
  get failure(): BedrockTokenError | undefined {
    return this.#failure;
  }

  /** The kept token until it is time to renew it, or to wait for a renewal that is under way. */
  #fresh(): Kept | undefined {
    const renewal = this.#renewal;
    if (renewal !== undefined && isInside(renewal)) throw failure(16);
    // Nobody was waiting at its deadline.
    if (renewal !== undefined && performance.now() >= renewal.deadline) this.#giveUp(renewal);
    const kept = this.#kept;
    const time = now();
    const inTime = holds(kept, time) && time < (this.#renewal === undefined ? this.#renewAt : kept.waitFrom);
    return inTime ? kept : undefined;
  }

  async #renewed(signal?: AbortSignal): Promise<Kept> {
    for (;;) {
      signal?.throwIfAborted();
      const outcome = await this.#outcome(this.#renewal ?? this.#start(), signal);
      // The result counts even if it was invalidated since. Otherwise a caller could wait for ever.
      const latest = "kept" in outcome ? outcome.kept : this.#kept;
      if (holds(latest, now())) return latest;
      if ("error" in outcome) throw outcome.error;
      const fresh = this.#fresh();
      if (fresh !== undefined) return fresh;
    }
  }

  #start(): Renewal {
    const deadline = performance.now() + this.#options.timeout;
    const renewal = { outer: undefined, deadline } as unknown as Renewal;
    renewal.outcome = new Promise((resolve) => (renewal.resolve = resolve));
    this.#renewal = renewal;
    run(renewal, () => this.#generate()).then(
      (kept) => this.#end(renewal, { kept }),
      (error: BedrockTokenError) => this.#end(renewal, { error }),
    );
    return renewal;
  }

  async #generate(): Promise<Kept> {
    const { credentials: source, region, expires, service } = this.#options;
    let credentials: Credentials;
    try {
      credentials = typeof source === "function" ? await source() : source;
    } catch (reason) {
      throw failure(12, reason);
    }
    if (credentials === undefined || credentials === null) throw failure(12);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
    const issuedAt = Math.floor(now());
    const times = schedule(issuedAt, expires, credentialsEnd(expiration));
    const at = new Date(issuedAt * 1000);
    const token = generate(accessKeyId, secretAccessKey, sessionToken, region, { expires, service, at });
    return { token, ...times };
  }

  /**
   * Waits for a renewal. Its source may never answer: it hangs, or in a worker the request that asked it
   * was cancelled. So each caller that waits has a timer for the time that is left, which ends the renewal
   * for all.
   */
  #outcome(renewal: Renewal, signal: AbortSignal | undefined): Promise<Outcome> {
    // A timer of more milliseconds would end at once.
    const left = Math.max(0, Math.min(renewal.deadline - performance.now(), 0x7fffffff));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(renewal), left);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      renewal.outcome.then((outcome) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        resolve(outcome);
      });
    });
  }

  #giveUp(renewal: Renewal): void {
    const reason = new Error(`no answer within ${this.#options.timeout} ms`);
    this.#end(renewal, { error: failure(12, reason) });
  }

  #end(renewal: Renewal, outcome: Outcome): void {
    if (this.#renewal !== renewal) return; // it was given up
    this.#renewal = undefined;
    if ("kept" in outcome) {
      this.#kept = outcome.kept;
      this.#renewAt = outcome.kept.renewAt;
      this.#failure = undefined;
    } else {
      this.#failure = outcome.error;
      const time = now();
      if (holds(this.#kept, time)) this.#renewAt = retryAt(Math.ceil(time), this.#kept.expiresAt);
      const { onFailure } = this.#options;
      if (onFailure !== undefined) queueMicrotask(() => onFailure(outcome.error));
    }
    renewal.resolve(outcome);
  }
}
