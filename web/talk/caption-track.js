/**
 * Which words belong on the screen while a frame is shown. Imports nothing.
 */

/** @typedef {{text: string, pts: number, end?: number | null}} TimedWord */

/**
 * What to show: a line's words, of which the first `spoken` have begun.
 * @typedef {object} CaptionLine
 * @property {string[]} words
 * @property {number} spoken
 * @property {boolean} sounding whether the last of these still sounds; true where nobody knows
 */

/** Longest line in characters. */
const LINE_LENGTH = 72;
/** A sentence that ends beyond this many characters ends its line too. */
const SENTENCE_LENGTH = 24;
/** How long the last line stays after its last word began, in frames. */
const LINGER = 50;

/** The words of the avatar on the media clock, broken into lines. */
export class CaptionTrack {
  /** @type {{turn: number, words: TimedWord[]}[]} */
  #lines = [];

  /**
   * @param {number} turn
   * @param {readonly TimedWord[]} words in the order they are said
   */
  add(turn, words) {
    for (const word of words) {
      const line = this.#lines.at(-1);
      if (line && line.turn === turn && !isFull(line.words, word)) line.words.push(word);
      else this.#lines.push({ turn, words: [word] });
    }
  }

  /**
   * Takes away what will not be said any more.
   * @param {number} turn
   * @param {number} pts the frame at which the avatar stopped
   */
  cut(turn, pts) {
    for (const line of this.#lines) {
      if (line.turn === turn) line.words = line.words.filter((word) => word.pts <= pts);
    }
    this.#lines = this.#lines.filter((line) => line.words.length > 0);
  }

  /** Forgets everything; the media clock of a new connection starts anew. */
  clear() {
    this.#lines = [];
  }

  /**
   * @param {number} pts the frame on the screen; it only moves on
   * @returns {CaptionLine | null} null while nothing is said
   */
  at(pts) {
    while (this.#lines[1] && startOf(this.#lines[1]) <= pts) this.#lines.shift();
    const line = this.#lines[0];
    if (!line || startOf(line) > pts) return null;
    if (pts > (line.words.at(-1)?.pts ?? 0) + LINGER) return null;
    const begun = line.words.filter((word) => word.pts <= pts);
    return {
      words: line.words.map(({ text }) => text),
      spoken: begun.length,
      sounding: pts < (begun.at(-1)?.end ?? Infinity),
    };
  }
}

/** @param {{words: TimedWord[]}} line */
function startOf(line) {
  return line.words[0]?.pts ?? Infinity;
}

/**
 * @param {TimedWord[]} words
 * @param {TimedWord} next
 */
function isFull(words, next) {
  const length = words.reduce((sum, { text }) => sum + text.length + 1, 0);
  const ended = /[.!?…]["'”’)]*$/.test(words.at(-1)?.text ?? "");
  return length + next.text.length > LINE_LENGTH || (ended && length >= SENTENCE_LENGTH);
}
