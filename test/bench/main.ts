/** `npm run bench [-- part of a name]`: the wire, and `drain` for the drain. */
const [, , part = ''] = process.argv;
if (part !== 'drain') await import('./wire.ts');
if ('drain'.includes(part)) await import('./drain.ts');

export {};
