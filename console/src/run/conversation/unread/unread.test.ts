import { describe, expect, it } from 'vitest';
import { opened, unreadAfter, type Unread, type View } from './unread.ts';

const after = (state: Unread, ...changes: readonly (readonly [newest: number, view: View])[]) =>
  changes.reduce((now, [newest, view]) => unreadAfter(now, newest, view), state);

describe('what is new to a reader', () => {
  it('is what came since he was here, and stays marked while he reads it and more comes', () => {
    const back = opened(100, 150);
    expect(after(back, [150, 'end']).line).toBe(100);
    expect(after(back, [150, 'end'], [160, 'end'], [160, 'earlier'], [170, 'earlier']).line).toBe(100);
  });

  it('is nothing for who was never here, and not what comes under his eyes', () => {
    expect(after(opened(undefined, 150), [150, 'end'], [151, 'end']).line).toBe(151);
    expect(after(opened(150, 150), [150, 'end'], [152, 'end']).line).toBe(152);
  });

  it('is what comes below while he reads further up', () => {
    const up = after(opened(150, 150), [150, 'end'], [150, 'earlier'], [170, 'earlier']);
    expect([up.line, up.seen]).toEqual([150, 150]);
    const down = after(up, [170, 'end']);
    expect([down.line, down.seen]).toEqual([150, 170]);
  });

  it('is counted from what he has seen, and marked from where he came', () => {
    const up = after(opened(100, 150), [150, 'end'], [150, 'earlier'], [170, 'earlier']);
    expect([up.line, up.seen]).toEqual([100, 150]);
    const led = after(opened(100, 150), [160, 'earlier']);
    expect([led.line, led.seen]).toEqual([100, 100]);
  });

  it('is what comes while another tab is in front', () => {
    expect(after(opened(100, 150), [150, 'end'], [150, 'away'], [170, 'away'], [170, 'end']).line).toBe(150);
    expect(after(opened(100, 150), [150, 'earlier'], [150, 'away'], [170, 'earlier']).line).toBe(100);
  });

  it('changes nothing where nothing has changed', () => {
    const state = after(opened(100, 150), [150, 'end']);
    expect(unreadAfter(state, 150, 'end')).toBe(state);
  });
});
