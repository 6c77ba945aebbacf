/**
 * The client's wall clock and the estimate of the server's. Imports nothing.
 */

/**
 * @param {number} [time] a DOMHighResTimeStamp; now if left out
 * @returns {number} milliseconds of the wall clock, monotonic within one page
 */
export function wallClock(time = performance.now()) {
  return performance.timeOrigin + time;
}

/**
 * Estimates server clock minus client clock from pings: of the latest ones, the one with the
 * shortest round trip is believed (the minimum filter of NTP, RFC 5905 section 10).
 */
export class ClockFilter {
  /** @type {{offset: number, roundTrip: number}[]} */
  #samples = [];
  #size;

  /** @param {number} [size] how many pings are remembered */
  constructor(size = 8) {
    this.#size = size;
  }

  /**
   * @param {number} sent client clock when the ping left, in milliseconds
   * @param {number} received client clock when the pong came
   * @param {number} server server clock in the pong
   */
  add(sent, received, server) {
    if (received < sent) return;
    this.#samples.push({ offset: server - (sent + received) / 2, roundTrip: received - sent });
    if (this.#samples.length > this.#size) this.#samples.shift();
  }

  get #best() {
    return this.#samples.reduce(
      (best, sample) => (sample.roundTrip < best.roundTrip ? sample : best),
      { offset: 0, roundTrip: Infinity },
    );
  }

  /** Server clock minus client clock in milliseconds; 0 before the first pong. */
  get offset() {
    return this.#best.offset;
  }

  /** How far the offset may be wrong, in milliseconds; Infinity before the first pong. */
  get uncertainty() {
    return this.#best.roundTrip / 2;
  }
}
