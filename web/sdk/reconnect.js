/**
 * When to try again after a session was refused or lost, and when to stop. Imports nothing.
 */

/** Ends that trying again cannot mend. */
const FINAL = new Set([
  "goodbye",
  "replaced",
  "avatar_deleted",
  "unsupported",
  "not_found",
  "unauthorized",
  "token_expired",
  "origin_mismatch",
  "forbidden",
  "bad_request",
  "bad_sdp",
]);

/** Exponential backoff with a limit; a connection that lasted starts the count anew. */
export class Reconnect {
  #attempt = 0;
  #limit;
  #random;

  /**
   * @param {{limit?: number, random?: () => number}} [options] attempts in a row; a source of
   *   numbers in [0, 1), which spreads many clients of a restarted server
   */
  constructor({ limit = 8, random = Math.random } = {}) {
    this.#limit = limit;
    this.#random = random;
  }

  /**
   * @param {string} reason why the connection ended: an error's code or a closing's reason
   * @param {number | null} [retryAfter] seconds the server asked to wait
   * @returns {number | null} milliseconds until the next attempt; null to give up
   */
  delayAfter(reason, retryAfter = null) {
    if (FINAL.has(reason) || this.#attempt >= this.#limit) return null;
    const backoff = Math.min(8_000, 250 * 2 ** this.#attempt) * (0.75 + this.#random() / 2);
    this.#attempt += 1;
    return Math.max(backoff, (retryAfter ?? 0) * 1_000);
  }

  /** Call when a connection has been up for a while. */
  succeeded() {
    this.#attempt = 0;
  }
}
