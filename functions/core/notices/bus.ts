/** For whoever wants to know; at least once, and never with a secret. */
export interface Bus {
  publish(event: {
    readonly type: string;
    readonly detail: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}
