/**
 * Whether somebody speaks at the kiosk, from the loudness of its microphone alone. Pure.
 * Imports nothing.
 */

/** A voice is this much louder than the room, in decibels, */
const ABOVE_ROOM_DB = 12;
/** and louder than this, in decibels of full scale. */
const LEAST_DB = -50;
/** It is heard in so many of the latest measurements. */
const HEARD = 6;
const WINDOW = 12;
/** How fast the room's loudness is believed to rise and to fall, in decibels a measurement. */
const RISE_DB = 0.05;
const FALL_DB = 1;
/** The first measurements only tell how loud the room is, each by this share. */
const LEARNING = 60;
const SHARE = 0.1;
const SILENCE_DB = -90;

/** Learns how loud the room is; measured about twenty times a second. */
export class VoicePresence {
  #room = SILENCE_DB;
  #measured = 0;
  /** @type {boolean[]} */
  #heard = [];

  /**
   * @param {Float32Array} samples of the microphone, -1 to 1
   * @returns {boolean} whether somebody speaks
   */
  observe(samples) {
    const level = decibels(samples);
    this.#measured += 1;
    if (this.#measured <= LEARNING) {
      this.#room += (level - this.#room) * (this.#measured === 1 ? 1 : SHARE);
      return false;
    }
    this.#heard.push(level > LEAST_DB && level > this.#room + ABOVE_ROOM_DB);
    if (this.#heard.length > WINDOW) this.#heard.shift();
    this.#room += Math.max(-FALL_DB, Math.min(RISE_DB, level - this.#room));
    return this.#heard.filter(Boolean).length >= HEARD;
  }
}

/**
 * @param {Float32Array} samples
 * @returns {number} loudness in decibels of full scale
 */
function decibels(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const power = samples.length === 0 ? 0 : sum / samples.length;
  return Math.max(SILENCE_DB, 10 * Math.log10(power + 1e-12));
}
