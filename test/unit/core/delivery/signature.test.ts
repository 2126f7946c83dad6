import { expect, it } from 'vitest';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { epochMillis } from '../../../../functions/core/base/time.ts';
import { newSigningSecret, signatureHeaders } from '../../../../functions/core/delivery/signature.ts';

/** Values from the tests of the Standard Webhooks reference libraries. */
const KNOWN = {
  secret: new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
  message: {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMillis: epochMillis(1_614_265_330_999),
    body: '{"test": 2432232314}',
  },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

it('signs as Standard Webhooks does', () => {
  expect(signatureHeaders(KNOWN.message, [KNOWN.secret])).toEqual({
    'webhook-id': KNOWN.message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': KNOWN.signature,
  });
});

it('signs once with each secret that is in force', () => {
  const headers = signatureHeaders(KNOWN.message, [newSigningSecret(), KNOWN.secret]);
  const signatures = headers['webhook-signature'].split(' ');
  expect(signatures).toHaveLength(2);
  expect(signatures[1]).toBe(KNOWN.signature);
  expect(signatures[0]).not.toBe(KNOWN.signature);
});

it('makes secrets of 32 random bytes that do not print themselves', () => {
  const [one, other] = [newSigningSecret(), newSigningSecret()];
  expect(Buffer.from(one.reveal().replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
  expect(one.reveal()).not.toBe(other.reveal());
  expect(`${one}`).not.toContain('whsec_');
});
