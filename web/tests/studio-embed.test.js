/** What a website pastes must be right, whatever somebody typed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { origin, pageCode, settingsCode, tokenCode } from "../studio/embed.js";

const BASE = /** @type {const} */ ({
  how: "bubble",
  server: "https://face.example",
  persona: "ida",
  avatar: null,
  theme: "auto",
  position: "right",
  language: "",
  site: "https://shop.example/about",
  tokenUrl: "/face-token",
  privacyUrl: "",
});

test("a bubble is one script, with nothing that goes without saying", () => {
  assert.equal(
    pageCode(BASE),
    '<script type="module" src="https://face.example/widget/widget.js"\n' +
      '  data-token-url="/face-token"\n  data-persona="ida"></script>',
  );
  const all = { ...BASE, avatar: "a1", theme: "dark", position: "left", language: "de" };
  for (const part of ['data-avatar="a1"', 'data-theme="dark"', 'data-position="left"']) {
    assert.ok(pageCode({ ...all, privacyUrl: "/p" }).includes(part));
  }
});

test("a box is an element, without a corner", () => {
  const code = pageCode({ ...BASE, how: "element", position: "left" });
  assert.match(code, /widget\/element\.js"><\/script>\n<visavis-avatar\n {2}token-url=/);
  assert.doesNotMatch(code, /position|data-/);
});

test("nothing typed can leave its attribute", () => {
  const code = pageCode({ ...BASE, privacyUrl: '"><script>alert(1)</script>' });
  assert.equal(code.match(/<script/g)?.length, 1);
  assert.match(code, /&quot;>&lt;script>/);
});

test("code is a module that runs", async () => {
  for (const tokenUrl of ["/face-token", ""]) {
    const code = pageCode({ ...BASE, how: "code", tokenUrl, avatar: "a1" });
    assert.equal(code.includes("getToken"), tokenUrl !== "");
    const made = /** @type {unknown[][]} */ ([]);
    const body = code.replace(/^import .*$/m, "");
    const names = ["createSession", "document", "button", "show"];
    const session = { attach() {}, on() {}, start() {} };
    new Function(...names, body)(
      (/** @type {unknown[]} */ ...given) => (made.push(given), session),
      { querySelector: () => null },
      { addEventListener() {} },
      () => undefined,
    );
    assert.deepEqual(made[0]?.[1], {
      apiUrl: "https://face.example",
      persona: "ida",
      avatar: "a1",
    });
  }
});

test("the token is for one persona and one site", () => {
  const grant = tokenCode({ ...BASE, avatar: "a1" }).match(/-d '(.*)'/)?.[1] ?? "";
  assert.deepEqual(JSON.parse(grant), {
    persona: "ida",
    avatar: "a1",
    origin: "https://shop.example",
  });
  assert.match(settingsCode(BASE), /allowed_origins = \["https:\/\/shop\.example"\]/);
});

test("a site is its origin, or an example where it is none", () => {
  assert.equal(origin("https://a.example:8443/x?y"), "https://a.example:8443");
  for (const wrong of ["", "shop", "javascript:alert(1)", "file:///etc"]) {
    assert.equal(origin(wrong), "https://shop.example");
  }
});
