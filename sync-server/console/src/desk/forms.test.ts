// What a person fills in: what is sent for it, and what is said when it cannot be.

import { describe, expect, it } from "vitest";
import type { StepOffer } from "../api/types";
import { reasonsFor, wordOf } from "./reasons";
import { atOnce, buttons, fields, minutes, stepBody, UNTYPED } from "./step-form";
import { untypedVoice, voiceReport } from "./voice";
import { sayer, WORDS } from "../words/words";

const offer = (step: string, ...needs: StepOffer["needs"]): StepOffer => ({
  step,
  label: { zh: step, en: step },
  needs,
});
const NOW = Date.parse("2026-03-17T01:12:00Z");

describe("steps", () => {
  it("are done at once only when they need nothing and can be mended", () => {
    expect(atOnce(offer("acknowledged"))).toBe(true);
    expect(atOnce(offer("cancel_confirmed"))).toBe(false);
    expect(atOnce(offer("acknowledged", "reason"))).toBe(false);
  });

  it("turn minutes into an instant of the server's", () => {
    const made = stepBody(
      offer("unit_sent", "unit"),
      { ...UNTYPED, unit: " 2 号车 ", when: "9" },
      NOW,
    );
    expect(made).toEqual({
      body: { step: "unit_sent", unit: "2 号车", when: "2026-03-17T01:21:00.000Z" },
    });
    expect(stepBody(offer("unit_sent", "unit"), { ...UNTYPED, unit: "2 号车" }, NOW)).toEqual({
      body: { step: "unit_sent", unit: "2 号车" },
    });
  });

  it("say each thing that is missing or wrong", () => {
    const lent = { ...UNTYPED, unit: "甲", station: "440605122" };
    expect(stepBody(offer("unit_sent", "unit"), lent, NOW)).toEqual({
      body: { step: "unit_sent", unit: "甲", station: "440605122" },
    });
    expect(stepBody(offer("unit_sent", "unit"), { ...UNTYPED, when: "soon" }, NOW)).toEqual({
      faults: { unit: "need_unit", when: "need_when" },
    });
    expect(
      stepBody(offer("closed", "reason"), { ...UNTYPED, reason: "other", note: " " }, NOW),
    ).toEqual({
      faults: { note: "need_note" },
    });
  });

  it("take whole minutes up to a day", () => {
    expect(["1", " 1440 ", "0", "1441", "1.5", "", "-3"].map(minutes)).toEqual([
      1,
      1_440,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it("stand in the order of use, the usual next one first, unknown ones last", () => {
    const offers = [
      "later_step",
      "false_alarm",
      "split",
      "closed",
      "unit_sent",
      "acknowledged",
    ].map((step) => offer(step));
    const order = (state: "arrived" | "received", ringing_since: string | null) =>
      buttons(offers, { state, ringing_since }).map(({ step }) => step);
    expect(order("arrived", null)).toEqual([
      "closed",
      "acknowledged",
      "unit_sent",
      "false_alarm",
      "later_step",
    ]);
    expect(order("arrived", "x")[0]).toBe("acknowledged");
  });

  it("ask for an expected arrival once", () => {
    expect(fields(offer("unit_sent", "unit", "when"))).toHaveLength(2);
    expect(fields(offer("unit_sent", "unit"))).toHaveLength(2);
    expect(fields(offer("closed", "reason"))).toHaveLength(1);
  });

  it("offer reasons that have words", () => {
    const say = sayer("en");
    for (const step of [
      "declined",
      "closed",
      "false_alarm",
      "reopened",
      "escalated",
      "unheard_of",
    ]) {
      for (const code of reasonsFor(step)) expect(`reason_${code}` in WORDS).toBe(true);
    }
    expect(wordOf(say, "reason", "no_car")).toBe("no_car");
  });
});

describe("a report by voice", () => {
  const whole = {
    ...untypedVoice("09:07"),
    place: "沙头",
    callback: "0757-00000701",
    situation: "blockade",
  };

  it("needs place, number, situation and time, and sends unknown as nothing", () => {
    expect(voiceReport(whole, NOW)).toEqual({
      report: {
        place: "沙头",
        callback: "0757-00000701",
        situation: "blockade",
        called_at: "2026-03-17T01:07:00.000Z",
      },
    });
    expect(voiceReport(untypedVoice(""), NOW)).toEqual({
      faults: {
        place: "bad_place",
        callback: "bad_callback",
        situation: "bad_situation",
        calledAt: "bad_called_at",
      },
    });
  });

  it("sends what was filled in, as what it is", () => {
    const typed = {
      ...whole,
      people: "15",
      weapons: "no",
      injured: "yes",
      position: "22.8, 113.0",
      caseNo: " 执1 ",
      text: "堵门",
    };
    expect(voiceReport(typed, NOW)).toMatchObject({
      report: {
        people: 15,
        weapons: false,
        injured: true,
        position: "geo:22.8,113.0;crs=wgs84".replace("113.0", "113"),
        case_no: "执1",
        situation_text: "堵门",
      },
    });
  });

  it("refuses what no field can be", () => {
    for (const [field, text] of [
      ["people", "-1"],
      ["people", "many"],
      ["position", "here"],
      ["callback", "<b>"],
      ["situation", "war"],
    ] as const) {
      const made = voiceReport({ ...whole, [field]: text }, NOW);
      expect("faults" in made && Object.keys(made.faults)).toEqual([field]);
    }
  });
});
