import { describe, expect, it } from 'vitest';
import { LiveArea, type Terminal } from './live-area.ts';

/** A terminal that breaks lines at its last cell, again when its width changes, and scrolls. ASCII only. */
class Screen implements Terminal {
  columns: number;
  rows: number;
  /** Lines as they were written, the scrolled out ones too; the cursor is at the beginning of the last. */
  lines: string[] = [''];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    const parts = text.replaceAll(/\u001b\[\?2026[hl]/g, '').split(/(\u001b\[\d+A|\u001b\[0J|\r|\n)/);
    for (const part of parts) {
      if (part.endsWith('A')) this.#up(Number(/\d+/.exec(part)?.[0]));
      else if (part === '\n') this.lines.push('');
      else if (part !== '\r' && !part.endsWith('J')) this.lines[this.lines.length - 1] += part;
    }
  }

  /** What is on the screen and above it is erased from there on, as is always done next. */
  #up(rows: number): void {
    const broken = this.broken();
    const kept = broken.slice(0, Math.max(0, broken.length - 1 - Math.min(rows, this.rows - 1)));
    this.lines = [...kept, ''];
  }

  broken(): string[] {
    return this.lines.flatMap((line) => line.match(new RegExp(`.{1,${this.columns}}`, 'g')) ?? ['']);
  }
}

describe('LiveArea', () => {
  it('draws in the place of what it drew, below what was there', () => {
    const screen = new Screen(20, 10);
    screen.write('$ baton watch\n');
    const area = new LiveArea(screen);
    area.draw('a\nb\nc');
    area.draw('a\nd');
    expect(screen.broken()).toEqual(['$ baton watch', 'a', 'd', '']);
  });

  it('erases all rows of lines that a narrower terminal has broken', () => {
    const screen = new Screen(20, 12);
    screen.write('$\n');
    const area = new LiveArea(screen);
    area.draw(`${'x'.repeat(20)}\n${'y'.repeat(18)}`);
    screen.columns = 7;
    area.draw('xx\nyy');
    expect(screen.broken()).toEqual(['$', 'xx', 'yy', '']);
  });

  it('writes nothing where nothing changed', () => {
    const written: string[] = [];
    const area = new LiveArea({ columns: 20, rows: 5, write: (text) => written.push(text) });
    area.draw('a');
    area.draw('a');
    expect(written).toHaveLength(1);
  });
});
