/** A persona as it is filled in: whether it changed, what it lacks, and what its rows mean. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countKnowledge,
  draftOf,
  lacks,
  met,
  newDraft,
  questionsIn,
  rowsOf,
  same,
  standIns,
  variablesOf,
} from "../studio/draft.js";

const DRAFT = newDraft("Ida", { avatar: "vera", voice: "heart", language: "en" });

test("a new persona lacks nothing, and says what it is", () => {
  assert.deepEqual(lacks(DRAFT, "needed"), {});
  assert.match(met(DRAFT.disclosure, DRAFT), /^Ida is not a real person/);
  assert.deepEqual(countKnowledge(DRAFT.knowledge), { facts: 2, questions: 8 });
});

test("each empty field is told, but not those that may be empty", () => {
  const empty = { ...DRAFT, name: " ", knowledge: "\n", emotion: null };
  assert.deepEqual(lacks(empty, "needed"), { name: "needed", knowledge: "needed" });
});

test("what the server adds is no change, what somebody writes is", () => {
  const persona = { id: "ida", own: true, ...DRAFT };
  assert.ok(same(draftOf(persona), DRAFT));
  assert.ok(same({ ...DRAFT, greeting: `${DRAFT.greeting} ` }, DRAFT));
  assert.ok(!same({ ...DRAFT, greeting: "Hi." }, DRAFT));
  assert.ok(!same({ ...DRAFT, variables: { customer: null } }, DRAFT));
  assert.ok(!same({ ...DRAFT, intensity: 0 }, DRAFT));
});

test("the order of variables does not matter, what they stand for does", () => {
  const one = { ...DRAFT, variables: { a: "1", b: null } };
  assert.ok(same(one, { ...DRAFT, variables: { b: null, a: "1" } }));
  assert.ok(!same(one, { ...DRAFT, variables: { a: "1", b: "" } }));
});

test("rows become variables and back", () => {
  const variables = { customer: null, shop: "Oak" };
  const rows = rowsOf(variables);
  assert.deepEqual(rows, [
    { name: "customer", value: "", asked: true },
    { name: "shop", value: "Oak", asked: false },
  ]);
  assert.deepEqual(variablesOf(rows), { variables, twice: false });
  const more = [...rows, { name: " ", value: "x", asked: false }];
  assert.deepEqual(variablesOf(more), { variables, twice: false });
  const again = [...rows, { name: " shop ", value: "Elm", asked: false }];
  assert.equal(variablesOf(again).twice, true);
});

test("questions are lines; their order matters, spaces do not", () => {
  const questions = questionsIn(" When are you open? \n\nWho are you?\r\n");
  assert.deepEqual(questions, ["When are you open?", "Who are you?"]);
  assert.ok(same({ ...DRAFT, questions }, { ...DRAFT, questions: [...questions] }));
  assert.ok(!same({ ...DRAFT, questions }, { ...DRAFT, questions: questions.toReversed() }));
});

test("in a try-out, variables without a value stand for their names", () => {
  assert.deepEqual(standIns({ first_name: null, shop: "Oak" }), { first_name: "first name" });
});

test("knowledge is counted as it is read", () => {
  const text = "## A\n- One.\n  Q: a? / b? / \n\n-no fact\n  - Two.\nQ: c?";
  assert.deepEqual(countKnowledge(text), { facts: 2, questions: 3 });
});

test("a text is shown as a visitor meets it, as far as that is known", () => {
  const draft = { ...DRAFT, variables: { shop: "Oak", customer: null } };
  assert.equal(
    met("{{ name }} at {{shop}} greets {{customer}} in {{else}}.", draft),
    "Ida at Oak greets {{customer}} in {{else}}.",
  );
});
