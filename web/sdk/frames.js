/**
 * Which frame of the media clock is on the screen, and which the server asked about.
 * Imports nothing.
 */

export const RTP_TICKS_PER_FRAME = 3600;
export const FRAME_MS = 40;
const RTP_MODULUS = 2 ** 32;

/** Turns RTP timestamps of the video into frame numbers (pts), across wrap-arounds. */
export class FrameClock {
  /** @type {number | null} */
  #lastTicks = null;
  #origin;

  /** @param {number} origin the RTP timestamp of frame 0 */
  constructor(origin) {
    this.#origin = origin;
  }

  /**
   * @param {number} rtpTimestamp 32 bit, 90 kHz
   * @returns {number} the frame's pts; negative if it is older than frame 0
   */
  pts(rtpTimestamp) {
    const last = this.#lastTicks ?? 0;
    const step = signed32(rtpTimestamp - this.#origin - last);
    this.#lastTicks = last + step;
    return Math.round(this.#lastTicks / RTP_TICKS_PER_FRAME);
  }
}

/**
 * @param {number} difference of 32 bit timestamps
 * @returns {number} in [-2^31, 2^31)
 */
function signed32(difference) {
  const wrapped = ((difference % RTP_MODULUS) + RTP_MODULUS) % RTP_MODULUS;
  return wrapped >= RTP_MODULUS / 2 ? wrapped - RTP_MODULUS : wrapped;
}

/**
 * A frame that reached the screen.
 * @typedef {object} DisplayedFrame
 * @property {number} pts
 * @property {number} at_ms when it is on the screen, in milliseconds of the wall clock
 */

/**
 * Remembers what was displayed, and answers each watch once with the first frame at or after it,
 * also when that frame was on the screen before the watch arrived.
 */
export class FrameLog {
  /** @type {DisplayedFrame[]} */
  #history = [];
  /** @type {{watch: number, pts: number}[]} */
  #watches = [];
  /** Pts of the newest frame that has left the history. */
  #forgotten = -Infinity;
  #size;
  #report;

  /**
   * @param {(watch: number, frame: DisplayedFrame) => void} report
   * @param {number} [size] how many frames and how many watches are remembered
   */
  constructor(report, size = 100) {
    this.#report = report;
    this.#size = size;
  }

  /** The pts on the screen, or null before the first frame. */
  get current() {
    return this.#history.at(-1)?.pts ?? null;
  }

  /** @param {DisplayedFrame} frame */
  displayed(frame) {
    this.#history.push(frame);
    if (this.#history.length > this.#size) {
      this.#forgotten = Math.max(this.#forgotten, this.#history.shift()?.pts ?? -Infinity);
    }
    const due = this.#watches.filter(({ pts }) => frame.pts >= pts);
    this.#watches = this.#watches.filter(({ pts }) => frame.pts < pts);
    for (const { watch } of due) this.#report(watch, frame);
  }

  /**
   * A watch for a frame that has left the history is dropped: its time is not known any more.
   * @param {number} watch the server's number for it
   * @param {number} pts
   */
  watch(watch, pts) {
    if (this.#forgotten >= pts) return;
    const first = this.#history.find((frame) => frame.pts >= pts);
    if (first) {
      this.#report(watch, first);
      return;
    }
    this.#watches.push({ watch, pts });
    if (this.#watches.length > this.#size) this.#watches.shift();
  }
}
