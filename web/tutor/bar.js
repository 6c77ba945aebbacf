/**
 * The bar under the board: back, repeat, pause, next, speed and the steps. Imports words and the
 * helpers of the talk page.
 */

import { create, find } from "../talk/dom.js";
import { words } from "./words.js";

/** @typedef {import("./course.js").Course} Course */

/** What can be chosen, the tutor's own pace being 1. */
export const SPEEDS = [0.75, 1, 1.25, 1.5];
/** States in which something goes on that can be paused. */
const RUNNING = new Set(["telling", "asked", "told"]);

/** The buttons of one course at a time. */
export class Bar {
  #course;
  #play = find("play", HTMLButtonElement);
  #playIcon = find("play-icon", SVGUseElement);
  #steps = find("steps", HTMLOListElement);
  #speed = find("speed", HTMLSelectElement);

  /**
   * @param {() => Course | null} course the one that is shown
   * @param {number} speed
   * @param {(speed: number) => void} setSpeed
   */
  constructor(course, speed, setSpeed) {
    this.#course = course;
    find("back", HTMLButtonElement).addEventListener("click", () => course()?.back());
    find("repeat", HTMLButtonElement).addEventListener("click", () => course()?.repeat());
    find("next", HTMLButtonElement).addEventListener("click", () => course()?.next());
    this.#play.addEventListener("click", () => this.toggle());
    this.#speed.replaceChildren(
      ...SPEEDS.map((value) => {
        const option = create("option", { text: words.speed(value) });
        option.value = String(value);
        option.selected = value === speed;
        return option;
      }),
    );
    this.#speed.addEventListener("change", () => setSpeed(Number(this.#speed.value)));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Pauses, or goes on. */
  toggle() {
    const course = this.#course();
    if (course === null) return;
    if (RUNNING.has(course.state)) course.pause();
    else course.resume();
  }

  /**
   * @param {Course} course
   * @param {import("./api.js").Lesson} lesson
   */
  draw(course, lesson) {
    const running = RUNNING.has(course.state);
    const label = running ? words.pause : words.play;
    this.#play.setAttribute("aria-label", label);
    this.#play.title = label;
    this.#play.dataset.running = String(running);
    this.#playIcon.setAttribute("href", `icons.svg#${running ? "pause" : "play"}`);
    const over = course.state === "finished";
    find("back", HTMLButtonElement).disabled = course.index === 0;
    find("next", HTMLButtonElement).disabled = over;
    this.#play.disabled = over;
    find("next", HTMLButtonElement).dataset.wanted = String(course.state === "solved");
    this.#play.dataset.wanted = String(course.state === "offering");
    if (this.#steps.children.length !== lesson.content.length) this.#build(lesson);
    for (const [index, item] of [...this.#steps.children].entries()) {
      const button = item.firstElementChild;
      const number = lesson.content[index]?.exercise?.number;
      const result = number === undefined ? undefined : course.results[number];
      if (!(button instanceof HTMLButtonElement)) continue;
      button.toggleAttribute("aria-current", index === course.index);
      if (index === course.index) button.setAttribute("aria-current", "step");
      button.dataset.past = String(index < course.index || over);
      button.dataset.exercise = String(number !== undefined);
      button.dataset.right = String(result?.right ?? "");
    }
  }

  /** @param {import("./api.js").Lesson} lesson */
  #build(lesson) {
    this.#steps.replaceChildren(
      ...lesson.content.map(({ title }, index) => {
        const button = create("button");
        button.type = "button";
        button.setAttribute("aria-label", words.announce(index + 1, lesson.content.length, title));
        button.title = title;
        button.addEventListener("click", () => this.#course()?.goTo(index));
        return create("li", { children: [button] });
      }),
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const course = this.#course();
    const { target, key } = event;
    const typing =
      target instanceof HTMLElement &&
      target.closest("input, select, textarea, button, a") !== null;
    if (course === null || course.state === "ready") return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") course.pause();
    else if (typing) return;
    else if (key === " ") this.toggle();
    else if (key === "ArrowRight") course.next();
    else if (key === "ArrowLeft") course.back();
    else if (key === "r") course.repeat();
    else return;
    event.preventDefault();
  }
}
