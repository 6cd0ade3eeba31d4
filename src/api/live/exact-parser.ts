/** Socket.IO's own way to write packets, with whole numbers of any size as they are. Readers need nothing for it. */
import { Decoder, Encoder, type Packet } from 'socket.io-parser';
import { writeJson } from '../../plan/exact-json.ts';

class ExactEncoder extends Encoder {
  override encode(packet: Packet): ReturnType<Encoder['encode']> {
    try {
      return super.encode(packet);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Only JSON's own writer fails so; what we send is never binary.
      const [head] = super.encode({ ...packet, data: undefined }) as readonly string[];
      return [`${head ?? ''}${writeJson(packet.data)}`];
    }
  }
}

export const exactParser = { Encoder: ExactEncoder, Decoder };
