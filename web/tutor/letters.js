/**
 * Where in a step's words the tutor is. Places are counted in letters and digits, which a voice,
 * a caption and a lesson's file have in common. Imports nothing.
 */

/** @typedef {import("./api.js").Step} Step */
/** @typedef {{text: string, pts: number}} TimedWord */

/**
 * @param {string} text
 * @returns {number} how many letters and digits it has
 */
export function letters(text) {
  return Array.from(text).filter((char) => /[\p{L}\p{N}]/u.test(char)).length;
}

/**
 * @param {Step} step
 * @param {number} said letters of it that were begun or said
 * @returns {number[]} the numbers of its marks whose word has begun, in order
 */
export function reached(step, said) {
  const over = said >= step.letters;
  return step.marks.filter((mark) => over || mark.letters < said).map(({ number }) => number);
}

/**
 * @param {Step} step
 * @param {number} said letters of it
 * @returns {number} the line to pick up at; the number of lines when all was said
 */
export function lineAt(step, said) {
  if (said >= step.letters) return step.lines.length;
  return Math.max(
    0,
    step.lines.findLastIndex((line) => line.letters <= said),
  );
}

/** What the tutor says of one step in one go, followed word by word on the media clock. */
export class Narration {
  #step;
  #line;
  /** @type {{pts: number, said: number}[]} */
  #words = [];
  #letters = 0;

  /**
   * @param {Step} step
   * @param {number} line the first one that is said
   */
  constructor(step, line) {
    this.#step = step;
    this.#line = line;
  }

  /** What is to be said. */
  get text() {
    const lines = this.#step.lines.slice(this.#line);
    return lines.map(({ text }) => text).join(" ");
  }

  /** @param {readonly TimedWord[]} words in the order they are said */
  add(words) {
    for (const { text, pts } of words) {
      this.#letters += letters(text);
      this.#words.push({ pts, said: this.#letters });
    }
  }

  /**
   * @param {number} pts the frame on the screen
   * @returns {number} letters of the step, from its beginning, that have begun by then
   */
  saidAt(pts) {
    const from = this.#step.lines[this.#line]?.letters ?? this.#step.letters;
    return from + (this.#words.findLast((word) => word.pts <= pts)?.said ?? 0);
  }
}
