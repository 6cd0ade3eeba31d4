import { describe, expect, it } from 'vitest';
import { refusalOf } from './addresses.ts';

describe('refusalOf', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2001:4860:4860::8888', '2a00:1450::1', '::ffff:8.8.8.8'])(
    'lets %s pass',
    (address) => {
      expect(refusalOf(address)).toBeNull();
    },
  );

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['168.63.129.16', 'metadata'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['0.0.0.0', 'unspecified'],
    ['192.0.0.192', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['::127.0.0.1', 'loopback'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fc00::1', 'uniqueLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['ff02::1', 'multicast'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['2001::1', 'teredo'],
    ['2001:db8::1', 'reserved'],
    ['::7f00:1', 'reserved'],
    ['::a00:1', 'reserved'],
    ['0:0:0:0:0:1:7f00:1', 'reserved'],
    ['64:ff9b:1::7f00:1', 'rfc6052'],
    ['::ffff:0:7f00:1', 'rfc6145'],
    ['100::1', 'discard'],
    ['100:0:0:1::', 'reserved'],
    ['200::1', 'reserved'],
    ['1fff:ffff::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['4000::', 'reserved'],
    ['5f00::1', 'segmentRouting'],
    ['8000::1', 'reserved'],
    ['dfff:ffff::1', 'reserved'],
    ['e000::1', 'reserved'],
    ['fe00::1', 'reserved'],
    ['2001:2::1', 'benchmarking'],
    ['2001:10::1', 'deprecatedOrchid'],
    ['2001:20::1', 'orchid2'],
    ['192.0.2.1', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['', 'no IP address'],
    ['example.com', 'no IP address'],
  ])('refuses %s as %s', (address, why) => {
    expect(refusalOf(address)).toBe(why);
  });
});
