/** `npm run bench [-- part of a name]` runs the benchmarks of the wire; `drain` runs that of the drain. */
const [, , part = ''] = process.argv;
if (part !== 'drain') await import('./wire.ts');
if ('drain'.includes(part)) await import('./drain.ts');

export {};
