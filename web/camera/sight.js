/**
 * Where the face before a camera is read: on this device where that can be, else at the server, to
 * which pictures go then. Whoever uses it says which, before the camera is asked for.
 * Imports the reader of faces.
 */

import { FaceReader, isOffered } from "./face-reader.js";

/** Fires `change`. */
export class Sight extends EventTarget {
  /** Whether it is read here, so that no picture leaves this device; null until that is known. */
  here = /** @type {boolean | null} */ (null);
  /** Whether it turned out just now that this browser cannot, although the server offers it. */
  failed = false;
  /** @type {Promise<void> | null} */
  #asked = null;
  /** @type {FaceReader | null} */
  #reader = null;

  /** Asks the server what it offers, once. */
  ask() {
    this.#asked ??= isOffered().then((offered) => this.#become(offered, false));
    return this.#asked;
  }

  /**
   * Makes ready to look.
   * @returns {Promise<boolean>} false where this browser cannot read faces after all: pictures are
   *   sent the next time, which has to be said first
   */
  async open() {
    await this.ask();
    if (!this.here) {
      this.#become(false, false);
      return true;
    }
    this.#reader ??= await FaceReader.open();
    if (this.#reader === null) this.#become(false, true);
    return !this.failed;
  }

  /** What reads faces on this device; undefined where the server does. */
  get look() {
    return this.here ? this.#reader?.look : undefined;
  }

  /**
   * @param {boolean} here
   * @param {boolean} failed
   */
  #become(here, failed) {
    this.here = here;
    this.failed = failed;
    this.dispatchEvent(new Event("change"));
  }
}
