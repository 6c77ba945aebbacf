/**
 * The lessons to choose from, each with how far the learner came. Imports the HTTP calls, words
 * and the helpers of the talk page.
 */

import { create } from "../talk/dom.js";
import { listLessons } from "./api.js";
import { words } from "./words.js";

/** @typedef {import("./api.js").Card} Card */

/**
 * @param {HTMLElement} list
 * @param {import("./progress.js").Memory} memory
 * @param {(id: string) => void} choose
 */
export async function showLessons(list, memory, choose) {
  const lessons = await listLessons();
  list.replaceChildren(
    ...lessons.map((lesson) => create("li", { children: [makeCard(lesson, memory, choose)] })),
  );
  if (lessons.length === 0) list.append(create("li", { text: words.noLessons }));
}

/**
 * @param {Card} lesson
 * @param {import("./progress.js").Memory} memory
 * @param {(id: string) => void} choose
 */
function makeCard(lesson, memory, choose) {
  const { step, finished } = memory.load(lesson.id, lesson.steps);
  const begun = step > 0 || finished;
  const link = create("a", { className: "card" });
  link.href = `?${new URLSearchParams({ lesson: lesson.id })}${location.hash}`;
  link.lang = lesson.language;
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(lesson.id);
  });
  const picture = create("span", { className: "picture" });
  if (lesson.picture) {
    const image = create("img");
    image.src = lesson.picture;
    image.alt = "";
    picture.append(image);
  }
  const state = finished ? words.cardDone : begun ? words.cardProgress(step + 1, lesson.steps) : "";
  link.append(
    picture,
    create("span", { className: "subject", text: lesson.subject }),
    create("strong", { className: "title", text: lesson.title }),
    create("span", { className: "about", text: lesson.about }),
    create("span", {
      className: "facts",
      children: [
        words.facts(lesson.minutes, lesson.exercises),
        create("span", { className: "state", text: state }),
      ],
    }),
  );
  return link;
}
