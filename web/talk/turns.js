/**
 * The records of the turns and their percentiles. Imports nothing.
 */

/** @typedef {import("../sdk/protocol.js").ServerEventOf<"turn">} Turn */

/** @typedef {import("../sdk/protocol.js").ServerEventOf<"budget">} Budget */

/** Turns beyond this many are forgotten, the oldest first. */
const LONGEST = 200;

export class TurnHistory {
  /** @type {Turn[]} newest last */
  turns = [];
  /** @type {Map<string, number>} by turn and layer */
  #broken = new Map();

  /**
   * A later record of the same turn replaces the earlier one.
   * @param {Turn} turn
   */
  add(turn) {
    if (this.turns.at(-1)?.turn === turn.turn) this.turns.pop();
    this.turns.push(turn);
    if (this.turns.length > LONGEST) this.turns.shift();
  }

  /** Voice-to-voice times of the spoken turns, in milliseconds. */
  get voiceToVoice() {
    return this.turns.filter((turn) => kindOf(turn) === "spoken").map(totalOf);
  }

  /**
   * @param {string} name of a layer
   * @returns {number[]} its milliseconds in the spoken turns
   */
  layer(name) {
    return this.turns
      .filter((turn) => kindOf(turn) === "spoken")
      .flatMap(({ layers }) => layers.filter((layer) => layer.name === name).map(({ ms }) => ms));
  }

  /**
   * Notes that a layer of a turn took too long.
   * @param {Budget} broken
   */
  alarm(broken) {
    this.#broken.set(`${broken.turn}:${broken.layer}`, broken.budget_ms);
  }

  /**
   * @param {number} turn
   * @param {string} layer
   * @returns {number | null} the budget that the layer broke, in milliseconds
   */
  broken(turn, layer) {
    return this.#broken.get(`${turn}:${layer}`) ?? null;
  }

  /** The longest turn, in milliseconds. */
  get longest() {
    return Math.max(0, ...this.turns.map(totalOf));
  }
}

/** Layers only a spoken turn has. */
const HEARING = new Set(["endpointing", "transcription"]);

/**
 * @param {Turn} turn
 * @returns {"spoken" | "typed" | "greeting"} how the turn began
 */
export function kindOf({ turn, layers }) {
  if (turn === 0) return "greeting";
  return layers.some(({ name, ms }) => HEARING.has(name) && ms > 0) ? "spoken" : "typed";
}

/**
 * @param {Turn} turn
 * @returns {number} milliseconds from the end of speech, or from the typed text, to the answer
 */
export function totalOf(turn) {
  return turn.voice_to_voice_ms ?? turn.layers.reduce((sum, { ms }) => sum + ms, 0);
}

/**
 * @param {readonly number[]} values
 * @param {number} share 0.5 for the median
 * @returns {number | null} by linear interpolation between the closest ranks; null if empty
 */
export function percentile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? low;
  return low + (high - low) * (rank - Math.floor(rank));
}
