import * as z from 'zod/mini';
import { described } from './kinds.ts';
import type { Operations } from './operation.ts';

export const HEALTH = {
  'health.show': {
    summary: 'Show whether the API is up',
    replies: { 200: { description: 'The API is up.', body: z.object({ status: z.literal('ok') }) } },
    problems: [],
  },
  'document.show': {
    summary: 'Show this document',
    replies: {
      200: {
        description: 'The document, OpenAPI 3.1.',
        body: described(z.looseObject({ openapi: z.string() }), { id: 'Document' }),
      },
    },
    problems: [],
  },
} as const satisfies Operations;
