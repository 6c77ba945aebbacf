/**
 * The end of a lesson: the score, and what came of each exercise. Imports progress, words and the
 * helpers of the talk page.
 */

import { create, find } from "../talk/dom.js";
import { score } from "./progress.js";
import { words } from "./words.js";

/**
 * @param {import("./course.js").Course} course
 * @param {import("./api.js").Lesson} lesson
 */
export function showFinish(course, lesson) {
  const { right, atOnce, of } = score(course.progress, lesson.exercises);
  find("finish-score", HTMLElement).textContent = words.score(right, of);
  find("finish-at-once", HTMLElement).textContent = words.atOnce(atOnce);
  const ring = find("finish-ring", SVGCircleElement);
  ring.setAttribute("stroke-dasharray", `${of === 0 ? 100 : (100 * right) / of} 100`);
  find("finish-list", HTMLElement).replaceChildren(
    ...lesson.content
      .filter(({ exercise }) => exercise !== null)
      .map(({ title, exercise }) => {
        const result = course.results[exercise?.number ?? 0];
        const item = create("li", {
          children: [
            create("span", { text: title }),
            create("span", { className: "outcome", text: words.result(result) }),
          ],
        });
        item.dataset.right = String(result?.right ?? false);
        return item;
      }),
  );
}
