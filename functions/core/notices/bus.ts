/** The event bus for other systems. Each event is delivered at least once, and never holds a secret. */
export interface Bus {
  publish(event: {
    readonly type: string;
    readonly detail: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}
