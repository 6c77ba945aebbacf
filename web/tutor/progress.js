/**
 * How far a learner came, kept in this browser only. Imports nothing.
 */

/** @typedef {{right: boolean, tries: number}} Result of an exercise that is over */

/**
 * @typedef {object} Progress
 * @property {number} step the one to go on with, from 0
 * @property {boolean} finished whether the end was reached once
 * @property {Record<number, Result>} results by the exercises' numbers
 */

const PREFIX = "visavis-tutor:";
const SPEED = `${PREFIX}speed`;

/** Remembers where storage is allowed, and forgets where it is not. */
export class Memory {
  #storage;

  /** @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * @param {string} lesson
   * @param {number} steps how many the lesson has now
   * @returns {Progress}
   */
  load(lesson, steps) {
    const kept = this.#read(PREFIX + lesson);
    const { step = 0, finished = false, results = {} } = isRecord(kept) ? kept : {};
    return {
      step: Number.isInteger(step) && Number(step) < steps ? Math.max(0, Number(step)) : 0,
      finished: finished === true,
      results: resultsIn(results),
    };
  }

  /**
   * @param {string} lesson
   * @param {Progress} progress
   */
  save(lesson, progress) {
    this.#write(PREFIX + lesson, progress);
  }

  /** @param {string} lesson */
  forget(lesson) {
    try {
      this.#storage?.removeItem(PREFIX + lesson);
    } catch {
      return;
    }
  }

  /**
   * @param {readonly number[]} speeds to choose from
   * @returns {number} the one chosen last; 1 at first
   */
  speed(speeds) {
    const kept = Number(this.#read(SPEED));
    return speeds.includes(kept) ? kept : 1;
  }

  /** @param {number} speed */
  keepSpeed(speed) {
    this.#write(SPEED, speed);
  }

  /** @param {string} key */
  #read(key) {
    try {
      return /** @type {unknown} */ (JSON.parse(this.#storage?.getItem(key) ?? "null"));
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  #write(key, value) {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
    } catch {
      return;
    }
  }
}

/**
 * @param {Progress} progress
 * @param {number} exercises how many the lesson has
 * @returns {{right: number, atOnce: number, of: number}} how many were right, and at first try
 */
export function score({ results }, exercises) {
  const right = Object.values(results).filter((result) => result.right);
  const atOnce = right.filter(({ tries }) => tries === 1).length;
  return { right: right.length, atOnce, of: exercises };
}

/**
 * @param {unknown} kept
 * @returns {Record<number, Result>} what of it can be used
 */
function resultsIn(kept) {
  /** @type {Record<number, Result>} */
  const results = {};
  for (const [number, result] of Object.entries(isRecord(kept) ? kept : {})) {
    if (Number(number) > 0 && isResult(result)) results[Number(number)] = result;
  }
  return results;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is Result}
 */
function isResult(value) {
  return isRecord(value) && typeof value.right === "boolean" && Number.isInteger(value.tries);
}
