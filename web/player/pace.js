/**
 * How often a face is drawn: with every refresh of the screen, or, where that takes all that a
 * device has, once for each frame of motion. Imports nothing.
 */

/** Milliseconds between refreshes beyond which a device is not keeping up with its screen. */
const LABOURED_MS = 24;
/** Refreshes in a row that it takes to believe so. */
const PATIENCE = 30;
/** Weight of the latest refresh in the mean. */
const SMOOTHING = 0.1;
/** Between two refreshes at most; more was a pause: a hidden page, a loading one. */
const LONGEST_MS = 200;
const USUAL_MS = 1_000 / 60;

/** The refreshes of one screen. What is found out about a device is found out for good. */
export class Pace {
  #before = -Infinity;
  #interval = USUAL_MS;
  #laboured = 0;
  #calm = false;
  #drawn = -1;

  /** Milliseconds from one refresh to the next: what is drawn now is seen so much later. */
  get interval() {
    return this.#interval;
  }

  /** Whether every frame of motion is drawn only once. */
  get calm() {
    return this.#calm;
  }

  /**
   * Takes note of a refresh.
   * @param {number} now milliseconds of the page
   */
  refresh(now) {
    const step = now - this.#before;
    this.#before = now;
    if (!(step > 0 && step < LONGEST_MS)) return;
    this.#interval += SMOOTHING * (step - this.#interval);
    this.#laboured = this.#interval > LABOURED_MS ? this.#laboured + 1 : 0;
    this.#calm ||= this.#laboured >= PATIENCE;
  }

  /**
   * @param {number} moment on the media clock, in frames
   * @returns {boolean} whether to draw what is shown then
   */
  due(moment) {
    const frame = Math.floor(moment);
    if (this.#calm && frame === this.#drawn) return false;
    this.#drawn = frame;
    return true;
  }
}
