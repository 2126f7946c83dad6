/**
 * The folders, each with the folders that it may import from besides itself. Every other import is an error.
 */
export const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'functions/contract': [],
  'functions/core': [],
  'functions/webapi': ['functions/core'],
  'functions/allegro': ['functions/core'],
  'functions/adapters': ['functions/core'],
  'functions/entry': [
    'functions/adapters',
    'functions/webapi',
    'functions/allegro',
    'functions/core',
    'functions/contract',
  ],
  'functions/http': ['functions/entry', 'functions/core', 'functions/contract'],
  'functions/schedule': ['functions/entry', 'functions/core'],
  'functions/queue': ['functions/entry', 'functions/core'],
  'functions/console': ['functions/contract'],
  'infra/build': ['functions/contract'],
  // `listen` signs and sends with the code that delivers webhooks, and `clients` writes as `npm run client` does.
  'infra/cli': ['functions/contract', 'functions/core', 'infra/clients'],
  'infra/clients': ['functions/adapters', 'functions/core', 'functions/contract'],
  'infra/local': ['infra/clients'],
};

/** Folders of the table above that do not exist yet. */
export const TO_COME: readonly string[] = ['functions/allegro', 'functions/console'];

/** The rooms of functions/core from the ground up. A room imports only from floors below its own. */
export const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['marketplace', 'faults'],
  ['orders', 'limits'],
  ['account'],
  ['feed', 'access'],
  ['ingest', 'delivery', 'notices', 'admin'],
  ['journal', 'offers'],
  ['reconcile'],
  ['run', 'history'],
];

/**
 * Rooms that a driver may import. A driver translates a protocol to the port of a marketplace, and knows no
 * more of the core.
 */
export const ROOMS_OF_A_DRIVER: readonly string[] = ['marketplace', 'faults', 'base'];

export const DRIVERS: readonly string[] = ['functions/webapi', 'functions/allegro'];

/** Packages that a folder must not import; `core` knows no AWS, no Lambda and no protocol. */
export const FORBIDDEN_PACKAGES: Readonly<Record<string, RegExp>> = {
  'functions/core':
    /^(@aws-|@middy|aws-lambda|soap|zod|node:(fs|http|https|net|process|child_process|timers))/,
  'functions/webapi': /^(@aws-|@middy|aws-lambda)/,
  'functions/adapters': /^(@middy|aws-lambda|soap)/,
};
