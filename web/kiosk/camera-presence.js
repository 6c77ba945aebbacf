/**
 * Whether somebody moves in front of the kiosk, from tiny grey pictures. Pure. Imports nothing.
 *
 * A picture is compared with the one a second before: people never stand quite still, and a lamp
 * that is switched on changes all of the picture alike, which counts for nothing.
 */

export const WIDTH = 32;
export const HEIGHT = 24;
/** Pictures a second. */
export const RATE = 4;
/** A pixel has changed if it differs by this much, of 255. */
const CHANGED = 18;
/** Share of the picture that changes when somebody comes, and while somebody is there. */
const COMES = 0.06;
const STAYS = 0.015;
/** So many pictures in a row show somebody coming. */
const PICTURES = 3;
/** Without a movement for this long, nobody is there. */
const GONE_MS = 8_000;

/** Watches the pictures of one camera. */
export class CameraPresence {
  /** @type {Uint8Array[]} the pictures of the last second, oldest first */
  #past = [];
  #moving = 0;
  #present = false;
  #movedAt = 0;

  /**
   * @param {Uint8ClampedArray} rgba a picture of WIDTH x HEIGHT, 4 bytes a pixel
   * @param {number} now milliseconds
   * @returns {boolean} whether somebody is there
   */
  observe(rgba, now) {
    const grey = greyOf(rgba);
    const before = this.#past.length >= RATE ? this.#past.shift() : undefined;
    this.#past.push(grey);
    const share = before ? changedShare(before, grey) : 0;
    this.#moving = share >= COMES ? this.#moving + 1 : 0;
    if (this.#moving >= PICTURES) this.#present = true;
    if (share >= STAYS) this.#movedAt = now;
    if (now - this.#movedAt > GONE_MS) this.#present = false;
    return this.#present;
  }
}

/**
 * @param {Uint8ClampedArray} rgba
 * @returns {Uint8Array}
 */
function greyOf(rgba) {
  const grey = new Uint8Array(rgba.length / 4);
  for (let at = 0; at < grey.length; at += 1) {
    const [red, green, blue] = rgba.subarray(4 * at, 4 * at + 3);
    grey[at] = ((red ?? 0) * 77 + (green ?? 0) * 151 + (blue ?? 0) * 28) >> 8;
  }
  return grey;
}

/**
 * @param {Uint8Array} before
 * @param {Uint8Array} after
 * @returns {number} share of pixels that changed by more, or less, than the picture as a whole
 */
function changedShare(before, after) {
  const differences = Array.from(after, (value, at) => value - (before[at] ?? 0));
  const sorted = differences.toSorted((a, b) => a - b);
  const whole = sorted[sorted.length >> 1] ?? 0;
  const changed = differences.filter((value) => Math.abs(value - whole) > CHANGED);
  return changed.length / after.length;
}
