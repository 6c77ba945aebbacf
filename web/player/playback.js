/**
 * Motion as it arrives becomes motion at any moment: ordered, interpolated, and calm where
 * packets are missing. Imports the packet's reader.
 */

import { CHANNELS, MotionDecoder } from "./packet.js";

/** @typedef {import("./packet.js").MotionFrame} MotionFrame */

/** Frames kept; more than any jitter buffer holds sound back. */
const KEPT = 75;
/** Frames of the media clock that a gap may be bridged; beyond it the mouth comes to rest. */
const BRIDGE = 5;
/** Frames within which the face comes to rest after the last motion known. */
const REST = 8;
/** The channels of a resting face that stay as they were: pose, breath and gaze. */
const FIRST_HELD = 56;

/** Frames of one session, by their place on the media clock. */
export class Playback {
  #decoder = new MotionDecoder();
  /** @type {MotionFrame[]} ascending */
  #frames = [];
  /** Packets that were no motion packets. */
  malformed = 0;
  /** Frames that came after their moment. */
  late = 0;
  #played = -Infinity;

  /** @param {Uint8Array} packet */
  receive(packet) {
    let frame;
    try {
      frame = this.#decoder.decode(packet);
    } catch {
      this.malformed += 1;
      return;
    }
    if (frame.pts < this.#played) this.late += 1;
    let at = this.#frames.length;
    while (at > 0 && this.#frames[at - 1].pts > frame.pts) at -= 1;
    if (this.#frames[at - 1]?.pts === frame.pts) return;
    this.#frames.splice(at, 0, frame);
    if (this.#frames.length > KEPT) this.#frames.shift();
  }

  /** Latest frame known; null before the first. */
  get newest() {
    return this.#frames.at(-1)?.pts ?? null;
  }

  /**
   * @param {number} after
   * @param {number} until
   * @returns {MotionFrame[]} the frames known of that stretch of the media clock, its end included
   */
  between(after, until) {
    return this.#frames.filter(({ pts }) => after < pts && pts <= until);
  }

  /** Forgets everything, for a new session or after a pause. */
  clear() {
    this.#frames = [];
    this.#decoder = new MotionDecoder();
    this.#played = -Infinity;
  }

  /**
   * The face at a moment.
   * @param {number} moment on the media clock, in frames; a frame's motion is that of its middle
   * @param {Float32Array} values result
   * @returns {MotionFrame | null} the frame that began last, or null while none is known
   */
  at(moment, values) {
    const middle = moment - 0.5;
    this.#played = Math.max(this.#played, Math.floor(moment));
    const next = this.#frames.findIndex((frame) => frame.pts > middle);
    const before = this.#frames[next < 0 ? this.#frames.length - 1 : next - 1];
    const after = next < 0 ? undefined : this.#frames[next];
    const known = before ?? after;
    if (!known) return null;
    if (!before || !after || after.pts - before.pts > BRIDGE) {
      rest(known, Math.max(0, middle - known.pts), values);
    } else {
      const part = (middle - before.pts) / (after.pts - before.pts);
      for (let c = 0; c < CHANNELS; c += 1)
        values[c] = before.values[c] + (after.values[c] - before.values[c]) * part;
    }
    return known;
  }
}

/**
 * A face left without news: it holds for a moment, then its expression fades.
 * @param {MotionFrame} known
 * @param {number} age frames since then
 * @param {Float32Array} values result
 */
function rest({ values: last }, age, values) {
  const share = 1 - Math.min(Math.max((age - BRIDGE) / REST, 0), 1);
  for (let c = 0; c < CHANNELS; c += 1) values[c] = c < FIRST_HELD ? last[c] * share : last[c];
}
