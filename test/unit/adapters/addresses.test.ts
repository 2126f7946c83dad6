import { describe, expect, it } from 'vitest';
import { isPublic } from '../../../functions/adapters/addresses.ts';

const CLOSED: readonly (readonly [kind: string, ...addresses: string[]])[] = [
  ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['private', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
  ['link-local and metadata', '169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  ['metadata over IPv6', 'fd00:ec2::254'],
  ['unique-local', 'fc00::1', 'fdff:ffff::1'],
  ['site-local', 'fec0::1'],
  ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
  ['broadcast and reserved', '255.255.255.255', '240.0.0.1'],
  [
    'protocol assignments and tests',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
  ],
  ['documentation', '203.0.113.9', '2001:db8::1', '3fff::1'],
  ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::10.0.0.1', '::8.8.8.8'],
  ['NAT64', '64:ff9b::a00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
  ['6to4', '2002:a00:1::1', '2002:7f00:1::', '192.88.99.1'],
  ['Teredo and its kind', '2001::1', '2001:0:4136:e378::', '2001:10::1', '2001:20::1'],
  ['discard', '100::1'],
  ['no address', '', 'localhost', 'example.com', '1.2.3', '0x7f.1', '[::1]'],
];

const OPEN = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:401b:800::200e',
  '2001:4860:4860::8888',
];

describe('public addresses', () => {
  it.each(CLOSED)('do not include %s: %s %s', (_kind, ...addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });

  it('are the rest', () => {
    expect(OPEN.filter((address) => !isPublic(address))).toEqual([]);
  });
});
