/**
 * What agents say, as text on a screen while they say it.
 *
 * As long as one speaks, its text runs on below a line with its name. When several do, each line stands whole behind the
 * name of its step. What was told becomes void when a call is tried again: a line says so.
 */
import type { StreamPiece } from '../../contract/stream.ts';
import type { Paint } from '../terminal/style.ts';

/** One event of `…/stream`. `id`: its position in the run's stream. */
export type ToldPiece = StreamPiece & { readonly id: number };

interface Call {
  readonly step: string;
  readonly turn: number;
  /** Characters told. */
  length: number;
  /** The beginning of a line that is not shown yet. */
  held: string;
}

export class StreamView {
  readonly #write: (text: string) => void;
  readonly #paint: Paint;
  /** By step: an agent has one call at a time. */
  readonly #speaking = new Map<string, Call>();
  /** Whose text runs on. */
  #running: Call | undefined;
  #inLine = false;

  constructor(write: (text: string) => void, paint: Paint) {
    this.#write = write;
    this.#paint = paint;
  }

  tell(piece: ToldPiece): void {
    if (piece.type === 'reset') this.#reset(piece);
    else if (piece.type === 'end') this.#end(piece);
    else this.#say(this.#callOf(piece), piece);
  }

  /** Ends the line that is being written, so that another may be written elsewhere on the same screen. */
  breakLine(): void {
    if (this.#inLine) this.#write('\n');
    this.#inLine = false;
  }

  /** Shows what is held back. */
  done(): void {
    for (const call of this.#speaking.values()) this.#flush(call);
    this.breakLine();
  }

  #callOf({ step, turn }: ToldPiece): Call {
    const known = this.#speaking.get(step);
    if (known?.turn === turn) return known;
    // Whatever has become of the turn before, nothing more is told of it.
    if (known !== undefined) this.#flush(known);
    const call = { step, turn, length: 0, held: '' };
    this.#speaking.set(step, call);
    return call;
  }

  #say(call: Call, { offset, content }: ToldPiece): void {
    const missing = offset - call.length;
    call.length = offset + content.length;
    const text = missing > 0 ? `[… ${missing} characters fell out …]${content}` : content;
    if (this.#speaking.size > 1) this.#sayInLines(call, text);
    else this.#sayOn(call, text);
  }

  #sayOn(call: Call, text: string): void {
    if (this.#running !== call) this.#heading(call);
    const whole = call.held + text;
    call.held = '';
    if (whole === '') return;
    this.#write(whole);
    this.#inLine = !whole.endsWith('\n');
  }

  #sayInLines(call: Call, text: string): void {
    const lines = (call.held + text).split('\n');
    call.held = lines.pop() ?? '';
    for (const line of lines) this.#line(call, line);
  }

  #line({ step }: Call, text: string): void {
    this.breakLine();
    this.#running = undefined;
    this.#write(`${this.#paint('cyan', `${step} │`)} ${text}\n`);
  }

  #heading(call: Call): void {
    this.breakLine();
    const turn = call.turn > 1 ? `, turn ${call.turn}` : '';
    this.#write(`${this.#paint('cyan', `── ${call.step}${turn} ──`)}\n`);
    this.#running = call;
  }

  #flush(call: Call): void {
    if (call.held !== '') this.#line(call, call.held);
    call.held = '';
    if (this.#running === call) {
      this.breakLine();
      this.#running = undefined;
    }
  }

  #end({ step, turn, interrupted }: ToldPiece): void {
    const call = this.#speaking.get(step);
    if (call?.turn !== turn) return;
    this.#flush(call);
    this.#speaking.delete(step);
    if (interrupted === true) this.#remark(step, 'was stopped here');
  }

  #reset({ step, turn, attempt }: ToldPiece): void {
    const call = this.#speaking.get(step);
    if (call?.turn !== turn) return;
    call.held = '';
    this.#flush(call);
    this.#speaking.delete(step);
    this.#remark(step, `is asked again (attempt ${attempt}): what it said above is void`);
  }

  #remark(step: string, text: string): void {
    this.breakLine();
    this.#write(`${this.#paint('yellow', `── ${step} ${text} ──`)}\n`);
  }
}
