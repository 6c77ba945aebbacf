/**
 * Questions to suggest: some are on the screen, the others wait. Imports nothing.
 */

/** Which questions are on the screen: one that was asked gives its place to the next. */
export class Suggestions {
  /** @type {string[]} */
  #waiting = [];
  /** @type {string[]} on the screen, in their places */
  shown = [];
  #places;

  /** @param {number} [places] how many are shown at once */
  constructor(places = 4) {
    this.#places = places;
  }

  /** @param {readonly string[]} questions */
  begin(questions) {
    this.shown = questions.slice(0, this.#places);
    this.#waiting = questions.slice(this.#places);
  }

  /** @param {string} question that was asked */
  asked(question) {
    const place = this.shown.indexOf(question);
    const next = this.#waiting.shift();
    if (place < 0 || next === undefined) return;
    this.shown = this.shown.with(place, next);
    this.#waiting.push(question);
  }
}
