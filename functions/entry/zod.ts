/** The tree-shakeable build of zod: it adds a tenth of the weight of the full one to a bundle. */
export * as z from 'zod/mini';
