/**
 * Where the sound is: which frame of the media clock the speakers are saying now. Imports nothing.
 */

/** RTP ticks of one frame of sound, at 48 kHz. */
const TICKS_PER_FRAME = 1_920;
const FRAME_MS = 40;
const MODULUS = 2 ** 32;
/**
 * Share of a new observation in the estimate. Deliveries come in steps of ten milliseconds and are
 * never early, so the earliest are right: those are believed soon, later ones slowly.
 */
const EARLIER = 0.25;
const LATER = 0.03;
/** Milliseconds by which an observation may differ before the estimate starts anew. */
const JUMP_MS = 120;
/** Milliseconds after which a time is one of the wall clock, not of the page. */
const WALL_CLOCK_MS = 1e11;

/**
 * The part of `RTCRtpReceiver` that is needed.
 * @typedef {{getSynchronizationSources(): {rtpTimestamp: number, timestamp: number}[]}} Receiver
 */

/** Follows one stream of sound. */
export class AudioClock {
  #receiver;
  #origin;
  #now;
  /** @type {number | null} */
  #ticks = null;
  /** @type {number | null} milliseconds of the page at which frame 0 was, or would have been */
  #zero = null;
  #seen = -1;

  /**
   * @param {Receiver} receiver
   * @param {number} origin RTP timestamp of frame 0
   * @param {() => number} [now] milliseconds of the page
   */
  constructor(receiver, origin, now = () => performance.now()) {
    this.#receiver = receiver;
    this.#origin = origin;
    this.#now = now;
  }

  /**
   * @param {number} [at] a time of the page, in milliseconds; now if left out
   * @returns {number | null} the moment on the media clock, in frames; null before any sound
   */
  moment(at = this.#now()) {
    this.#observe();
    return this.#zero === null ? null : (at - this.#zero) / FRAME_MS;
  }

  #observe() {
    const source = this.#receiver.getSynchronizationSources()[0];
    if (!source || source.rtpTimestamp === this.#seen) return;
    this.#seen = source.rtpTimestamp;
    const at =
      source.timestamp > WALL_CLOCK_MS
        ? source.timestamp - performance.timeOrigin
        : source.timestamp;
    const zero = at - (this.#unwrap(source.rtpTimestamp) / TICKS_PER_FRAME) * FRAME_MS;
    const change = this.#zero === null ? Infinity : zero - this.#zero;
    if (this.#zero === null || Math.abs(change) > JUMP_MS) this.#zero = zero;
    else this.#zero += (change < 0 ? EARLIER : LATER) * change;
  }

  /** @param {number} timestamp */
  #unwrap(timestamp) {
    const last = this.#ticks ?? 0;
    const step = (((timestamp - this.#origin - last) % MODULUS) + MODULUS) % MODULUS;
    this.#ticks = last + (step >= MODULUS / 2 ? step - MODULUS : step);
    return this.#ticks;
  }
}
