/**
 * The whiteboard: shows a step, and uncovers its parts as their marks are reached.
 * Imports markup.
 */

import { bringIntoSight, fill } from "./markup.js";

/** @typedef {import("./api.js").Step} Step */

/** What was written on the board, in one element. */
export class Board {
  #element;
  /** @type {Step | null} */
  #step = null;
  #reached = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /**
   * @param {Step} step
   * @param {readonly number[]} marks that were reached, in order
   */
  show(step, marks) {
    const fresh = step !== this.#step;
    if (fresh) {
      this.#step = step;
      this.#reached = 0;
      fill(this.#element, step.board);
      this.#element.scrollTop = 0;
    }
    for (const part of this.#element.querySelectorAll("[data-mark]")) {
      const place = marks.indexOf(Number(part.getAttribute("data-mark")));
      part.classList.toggle("reached", place >= 0);
      part.classList.toggle("latest", place >= 0 && place === marks.length - 1);
    }
    if (marks.length > this.#reached) this.#reveal();
    this.#reached = marks.length;
  }

  /** Scrolls to what was written last. */
  #reveal() {
    const parts = this.#element.querySelectorAll(".latest");
    bringIntoSight(parts[parts.length - 1]);
  }
}
