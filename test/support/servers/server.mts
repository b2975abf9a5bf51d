/** A real server on loopback, started for tests; keys are test keys. */
export interface RunningServer {
  readonly endpoint: string;
  readonly region: string;
  /** What it speaks; S3 unless told. */
  readonly kind?: 'azure';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A second account that owns nothing, where the server knows accounts. */
  readonly stranger?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Ends its processes and removes its files; idempotent. */
  stop(): Promise<void>;
}

/** What a test file gets of a server that another process runs. */
export type ServerAddress = Omit<RunningServer, 'stop'>;

export interface ServerKind {
  /** Makes the program available; does nothing when it is. Rejects with what is missing. */
  install(): Promise<void>;
  startServer(): Promise<RunningServer>;
}
