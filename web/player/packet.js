/**
 * Reads motion packets; `render/motion/wire.py` writes them and describes their layout.
 * Imports nothing.
 */

/** Channels of a motion: 56 in [0, 1], then nine of pose and gaze. */
export const CHANNELS = 65;
const UNIT_CHANNELS = 56;
const HEAD_BYTES = 8;
const MASK_BYTES = 9;
const KEYFRAME = 0x50;
const DIFFERENCE = 0x51;
/** What one step of a wide code means: degrees, face widths, breath and gaze. */
const WIDE_STEPS = [
  ...Array(3).fill(1 / 256),
  ...Array(3).fill(1 / 8192),
  ...Array(3).fill(1 / 1024),
];

/**
 * What a packet says.
 * @typedef {object} MotionFrame
 * @property {number} pts frames of the media clock
 * @property {number} segment of speech, modulo 65,536; 0 while nobody speaks
 * @property {boolean} lipsMoving
 * @property {Float32Array} values of the 65 channels
 * @property {boolean} complete false after a lost keyframe, until the next
 */

/** Turns packets back into motion, whatever was lost or came late. */
export class MotionDecoder {
  #key = new Int32Array(CHANNELS);
  /** @type {number | null} */
  #keyPts = null;

  /**
   * @param {Uint8Array} packet
   * @returns {MotionFrame}
   * @throws {RangeError} it is no motion packet
   */
  decode(packet) {
    if (packet.length < HEAD_BYTES) throw new RangeError("the packet is shorter than its head");
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const kind = view.getUint8(0);
    const pts = view.getUint32(2, true);
    const codes = this.#key.slice();
    let complete = true;
    if (kind === KEYFRAME) {
      read(view, HEAD_BYTES, () => true, codes);
      if (this.#keyPts === null || pts >= this.#keyPts) {
        this.#key = codes.slice();
        this.#keyPts = pts;
      }
    } else if (kind === DIFFERENCE) {
      const mask = HEAD_BYTES + 4;
      if (packet.length < mask + MASK_BYTES)
        throw new RangeError("the packet ends within its mask");
      complete = view.getUint32(HEAD_BYTES, true) === this.#keyPts;
      const changed = (/** @type {number} */ channel) =>
        ((view.getUint8(mask + (channel >> 3)) >> (channel & 7)) & 1) === 1;
      read(view, mask + MASK_BYTES, changed, codes);
    } else throw new RangeError("the packet is of an unknown kind");
    const lipsMoving = (view.getUint8(1) & 2) !== 0;
    return { pts, segment: view.getUint16(6, true), lipsMoving, values: values(codes), complete };
  }
}

/**
 * Reads the codes of some channels.
 * @param {DataView} view
 * @param {number} at
 * @param {(channel: number) => boolean} present
 * @param {Int32Array} codes changed in place
 */
function read(view, at, present, codes) {
  const widths = codes.map((_, channel) =>
    !present(channel) ? 0 : channel < UNIT_CHANNELS ? 1 : 2,
  );
  const end = widths.reduce((sum, width) => sum + width, at);
  if (end !== view.byteLength) throw new RangeError("the packet has the wrong length");
  for (let channel = 0; channel < CHANNELS; channel++) {
    if (widths[channel] === 1) codes[channel] = view.getUint8(at);
    if (widths[channel] === 2) codes[channel] = view.getInt16(at, true);
    at += widths[channel] ?? 0;
  }
}

/**
 * @param {Int32Array} codes
 * @returns {Float32Array}
 */
function values(codes) {
  return Float32Array.from(codes, (code, channel) =>
    channel < UNIT_CHANNELS ? code / 255 : code * WIDE_STEPS[channel - UNIT_CHANNELS],
  );
}
