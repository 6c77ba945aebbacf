/**
 * A motion clip: what a face did, as lines of JSON. The first line says what the others hold; each
 * of them is one frame. Imports the names of the player's channels.
 */

import { CHANNELS } from "../player/channels.js";

const RATE = 25;
/** Steps of the packets are coarser. */
const DECIMALS = 4;

/** @typedef {{persona: string, avatar: string, recorded: string}} About */

/** Motion of one face, kept while it is recorded, ordered by its place on the media clock. */
export class MotionClip {
  /** @type {Map<number, Float32Array>} */
  #frames = new Map();
  #recording = false;

  /** Frames there are. */
  get frames() {
    return this.#frames.size;
  }

  /** From here on, motion is kept; what was kept before is forgotten. */
  begin() {
    this.#frames.clear();
    this.#recording = true;
  }

  /** What comes later is not kept. */
  end() {
    this.#recording = false;
  }

  /**
   * @param {number} pts
   * @param {Float32Array} values of the channels
   */
  add(pts, values) {
    if (this.#recording) this.#frames.set(pts, values);
  }

  /**
   * @param {About} about
   * @returns {string} JSON Lines
   */
  lines({ persona, avatar, recorded }) {
    const kept = [...this.#frames].sort(([a], [b]) => a - b);
    const first = kept[0]?.[0] ?? 0;
    const head = {
      format: "visavis-motion",
      version: 1,
      ai_generated: true,
      persona,
      avatar,
      recorded,
      frames_per_second: RATE,
      channels: CHANNELS,
    };
    const rows = kept.map(([pts, values]) => ({
      frame: pts - first,
      values: Array.from(values, (value) => Number(value.toFixed(DECIMALS))),
    }));
    return [head, ...rows].map((row) => `${JSON.stringify(row)}\n`).join("");
  }
}

/**
 * @param {string} persona
 * @param {Date} at
 * @param {string} ending
 * @returns {string} a file's name that says what is in it
 */
export function clipName(persona, at, ending) {
  const when = at.toISOString().slice(0, 19).replaceAll(":", "-");
  return `visavis-${persona}-ai-generated-${when}.${ending}`;
}
