/** Which folders there are, and which of them a folder may import from besides itself. Nothing else may be reached. */
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
  'infra/build': [],
  'infra/cli': ['functions/contract'],
  'infra/local': [],
};

/** Folders of the table above that an issue to come fills. */
export const TO_COME: readonly string[] = [
  'functions/contract',
  'functions/allegro',
  'functions/console',
  'infra/cli',
];

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

/** A driver translates one protocol to the port of a marketplace, and knows no more of the core. */
export const ROOMS_OF_A_DRIVER: readonly string[] = ['marketplace', 'faults', 'base'];

export const DRIVERS: readonly string[] = ['functions/webapi', 'functions/allegro'];

/** Packages that a folder must not know; `core` knows no AWS, no Lambda and no protocol at all. */
export const FORBIDDEN_PACKAGES: Readonly<Record<string, RegExp>> = {
  'functions/core':
    /^(@aws-|@middy|aws-lambda|soap|zod|node:(fs|http|https|net|process|child_process|timers))/,
  'functions/webapi': /^(@aws-|@middy|aws-lambda)/,
  'functions/adapters': /^(@middy|aws-lambda|soap)/,
};
