import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

export interface SecretVersion {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
  readonly createdSeconds: number;
}

/**
 * A secret with all its versions. A label stands on one version only, so the map leads from label to version
 * id.
 */
export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  /** Key that encrypts the secret; undefined for the key of the service itself. */
  readonly kmsKeyId?: string | undefined;
  tags?: Readonly<Record<string, string>>;
  readonly createdSeconds: number;
  changedSeconds: number;
  deletedSeconds?: number | undefined;
  readonly versions: Record<string, SecretVersion>;
  readonly stages: Record<string, string>;
}

/** Keeps secrets over a restart, in a file that only its owner may read and that is replaced as a whole. */
export class SecretFile {
  readonly #path: string | undefined;

  /** Without a path nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  read(): StoredSecret[] {
    if (this.#path === undefined || !existsSync(this.#path)) return [];
    return JSON.parse(readFileSync(this.#path, 'utf8')) as StoredSecret[];
  }

  write(secrets: readonly StoredSecret[]): void {
    if (this.#path === undefined) return;
    const draft = `${this.#path}.new`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(secrets));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.#path);
  }
}
