/**
 * Who there is to work on: the personas of the server, and a new one. Imports the draft, dom and
 * words.
 */

import { create, find } from "../talk/dom.js";
import { button } from "./dom.js";
import { words } from "./strings.js";

/** @typedef {import("./api.js").Listed} Listed */

/**
 * @param {(id: string | null) => void} choose null for a new one
 * @returns {(people: Listed[], chosen: string | null, unsaved: boolean, fresh: Listed) => void}
 *   draws; `fresh` is the new one, shown while it is chosen
 */
export function showCast(choose) {
  const list = find("cast", HTMLElement);
  find("new", HTMLButtonElement).addEventListener("click", () => choose(null));

  return (people, chosen, unsaved, fresh) => {
    const held = list.contains(document.activeElement);
    const all = chosen === null ? [...people, fresh] : people;
    const tiles = all.map((each) => {
      const mark = each.own ? words.ownMark : words.shippedMark;
      const current = each.id === chosen || each === fresh;
      const tile = makeTile(each.name, current && unsaved ? words.unsavedMark : mark, current, () =>
        choose(each === fresh ? null : each.id),
      );
      const picture = create("img", { className: "portrait" });
      picture.alt = "";
      picture.src = `/v1/avatars/${each.avatar}.jpg`;
      picture.addEventListener(
        "error",
        () =>
          picture.replaceWith(
            create("span", { className: "portrait", text: each.name.slice(0, 1) }),
          ),
        { once: true },
      );
      tile.prepend(picture);
      tile.dataset.persona = each.id;
      return tile;
    });
    list.replaceChildren(...tiles);
    const current = list.querySelector("[aria-pressed=true]");
    if (!(current instanceof HTMLElement)) return;
    if (held) current.focus();
    list.scrollLeft = Math.max(0, current.offsetLeft - list.clientWidth / 2);
  };
}

/**
 * @param {string} name
 * @param {string} mark
 * @param {boolean} chosen
 * @param {() => void} choose
 */
function makeTile(name, mark, chosen, choose) {
  const tile = button("member", "", choose);
  tile.setAttribute("aria-pressed", String(chosen));
  tile.append(
    create("span", {
      className: "member-words",
      children: [
        create("span", { className: "member-name", text: name }),
        create("span", { className: "member-mark", text: mark }),
      ],
    }),
  );
  return tile;
}
