declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** `path`: folder of the LevelDB store; without a path the tables live in memory. */
  function dynalite(options: { path?: string; createTableMs?: number }): Server;
  export = dynalite;
}
