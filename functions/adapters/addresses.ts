import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IPv4 ranges that are not public (IANA's special-purpose registry, multicast and reserved ranges). All
 * others are.
 */
const NOT_PUBLIC_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/**
 * Only global unicast IPv6 is public. Everything else is refused: loopback, link-local, unique-local,
 * multicast, IPv4 within IPv6 (mapped, compatible) and NAT64; and within global unicast the ranges that lead
 * elsewhere (Teredo and alike, 6to4, examples).
 */
const GLOBAL_UNICAST = ['2000::/3'];
const NOT_PUBLIC_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

function blockList(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const closed4 = blockList(NOT_PUBLIC_IPV4, 'ipv4');
const open6 = blockList(GLOBAL_UNICAST, 'ipv6');
const closed6 = blockList(NOT_PUBLIC_IPV6, 'ipv6');

/** True for an address on the open internet; false for any other, and for text that is not an address. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !closed4.check(address, 'ipv4');
  // An address with a zone belongs to a link of this machine.
  if (!isIPv6(address) || address.includes('%')) return false;
  return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');
}

export const isLoopback = (address: string): boolean => address === '::1' || /^127\./.test(address);
