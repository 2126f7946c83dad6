import * as z from 'zod/mini';
import { accountParams, described, LONGEST_ID, orderIdText } from './kinds.ts';
import type { Operations } from './operation.ts';

export const BUYERS = {
  'buyers.erase': {
    summary: 'Erase the data of a buyer from all stored orders',
    description:
      'Name the buyer by `buyerId`, or by an order of the buyer (`orderId`). Erased are id, login, e-mail address, addresses, pick-up point, message and parcel numbers; goods, amounts and state stay, and each order gets `erasedAt` and a new revision. Later readings do not bring the data back, also where the marketplace goes on with an erased order under another id. An order that the buyer makes afterwards is stored as any other.',
    params: accountParams,
    body: z.strictObject({
      buyerId: described(z.optional(z.string().check(z.minLength(1), z.maxLength(LONGEST_ID))), {
        description: 'Id of the buyer at the marketplace, as `buyer.id` of an order has it.',
      }),
      orderId: z.optional(orderIdText),
    }),
    example: { orderId: 'order:52001' },
    replies: {
      202: {
        description:
          'The request is stored, and the orders are being erased; `erasedAt` of an order tells that it was.',
        body: z.object({ accountId: z.string(), state: z.literal('erasing') }),
      },
    },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
} as const satisfies Operations;
