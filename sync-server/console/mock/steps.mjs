// The steps of a request as the console's mock server plays them: the same table as
// `core/src/assistance/steps.md` in short. A stand-in for trying and testing the console; what
// counts is the server.

const OPEN = ["received", "alerted", "declined", "acknowledged", "unit_sent", "arrived"];
const NOT_THERE = ["received", "alerted", "declined", "acknowledged", "unit_sent"];
const HELD = ["acknowledged", "unit_sent", "arrived"];
const COMING = ["acknowledged", "unit_sent"];
export const ENDED = ["closed", "false_alarm", "cancelled"];

/** code: [zh, en, from, to, needs, alarm, by people] */
export const STEPS = {
  received: ["已送达", "delivered", [], "received", ["station"], "rings", false],
  alerted: ["值班台已提醒", "shown on the console", ["received"], "alerted", [], "", false],
  acknowledged: ["已接警", "acknowledged", OPEN, "acknowledged", [], "stops", true],
  declined: ["无法出警", "declined", NOT_THERE, "declined", ["reason"], "rings", true],
  transferred: ["转派", "transferred", NOT_THERE, "received", ["station"], "rings", true],
  taken_over: ["接班", "taken over", HELD, null, [], "", true],
  unit_sent: ["已出警", "unit sent", OPEN, "unit_sent", ["unit"], "stops", true],
  eta: ["预计到达", "expected arrival", COMING, null, ["when"], "", true],
  arrived: ["已到场", "arrived", NOT_THERE, "arrived", [], "stops", true],
  handed_over: ["已移交人员", "person handed over", ["arrived"], null, ["unit"], "", true],
  escalated: ["已升级", "escalated", OPEN, null, ["reason"], "", true],
  cancel_asked: ["请求撤回", "asks to withdraw", OPEN, null, [], "", false],
  duress: ["胁迫撤回", "withdrawn under duress", [...OPEN, ...ENDED], null, [], "rings", false],
  cancel_confirmed: ["确认撤回", "withdrawal confirmed", OPEN, "cancelled", [], "stops", true],
  closed: ["处置完毕", "closed", HELD, "closed", ["reason"], "stops", true],
  false_alarm: ["误报", "false alarm", HELD, "false_alarm", ["reason"], "stops", true],
  merged: ["并入", "joined", OPEN, null, ["other"], "rings", true],
  split: ["拆分", "parted", OPEN, null, ["other"], "rings", true],
  reopened: ["重新打开", "reopened", ENDED, "received", ["reason"], "rings", true],
};

const RANK = ["acknowledged", "unit_sent", "arrived"];

/** Why a step does not fit, or null. */
export function unfit(incident, body) {
  const row = STEPS[body.step];
  if (!row)
    return problem("step_unknown", "此操作需要新版本程序。", "This step needs a newer program.");
  const [, , from, , needs] = row;
  const lacks = needs.find((need) => !body[need]);
  if (lacks) return problem("step_incomplete", `请填写${lacks}。`, `Please state: ${lacks}.`);
  if (incident.merged_into !== null && body.step !== "split") {
    return problem(
      "joined_elsewhere",
      "该求助已并入另一警情，请在该警情上操作。",
      "It was joined with another incident; act there.",
    );
  }
  if (!from.includes(incident.state)) {
    return problem(
      "step_wrong_state",
      "该求助目前的状态不能进行此操作。",
      "The step does not follow its state.",
    );
  }
  if (
    body.step === "acknowledged" &&
    HELD.includes(incident.state) &&
    incident.ringing_since === null
  ) {
    return problem(
      "already_acknowledged",
      "已有人接警，无需重复操作。",
      "Somebody has acknowledged it; nothing more to do.",
    );
  }
  const ends = ["closed", "false_alarm", "cancel_confirmed"].includes(body.step);
  if (ends && incident.merged.length > 0 && incident.ringing_since !== null) {
    return problem(
      "report_unseen",
      "有新并入的报告尚未确认，请先接警。",
      "A report that was joined meanwhile has not been acknowledged; acknowledge it first.",
    );
  }
  if (body.step === "cancel_confirmed" && incident.cancel_asked === null) {
    return problem("no_cancel_asked", "现场没有请求撤回。", "The crew did not ask to withdraw.");
  }
  if (
    ["closed", "false_alarm"].includes(body.step) &&
    incident.duress &&
    incident.arrived === null
  ) {
    return problem(
      "under_duress",
      "该求助为胁迫撤回，有人到场核实前不得结束。",
      "It stays open until somebody was there.",
    );
  }
  return null;
}

function problem(code, zh, en) {
  return { code, zh, en };
}

/** What a person may do now. */
export function offers(incident) {
  return Object.entries(STEPS)
    .filter(([step, row]) => {
      if (!row[6] || !row[2].includes(incident.state)) return false;
      if (step === "split") return incident.merged_into !== null;
      if (incident.merged_into !== null) return false;
      const probe = { step, station: "x", unit: "x", when: "x", other: "x", reason: "x" };
      return unfit(incident, probe) === null;
    })
    .map(([step, [zh, en, , , needs]]) => ({ step, label: { zh, en }, needs }));
}

/** Applies a step that fits. `others`: every incident by id; gives those that changed. */
export function apply(incident, body, by, at, others) {
  const [zh, en, , to, , alarm] = STEPS[body.step];
  const changed = new Set([incident]);
  incident.timeline.push({
    at,
    by,
    step: body.step,
    label: { zh, en },
    station: body.stationName ?? null,
    unit: body.unit ?? null,
    when: body.when ?? null,
    other: body.other ?? null,
    reason: body.reason ?? null,
    note: body.note ?? null,
    unfit: null,
  });
  const hold = () => {
    if (by === null) return;
    incident.holder = { ...by, since: at };
    incident.answered ??= at;
  };
  const letGo = () => Object.assign(incident, { holder: null, unit: null, lent_by: null, eta: null });
  switch (body.step) {
    case "acknowledged":
    case "taken_over":
      hold();
      break;
    case "unit_sent":
      if (incident.holder === null) hold();
      incident.unit = body.unit;
      incident.lent_by = body.stationName ?? null;
      incident.sent ??= at;
      incident.eta = body.when ?? incident.eta;
      break;
    case "eta":
      incident.eta = body.when;
      break;
    case "arrived":
      if (incident.holder === null) hold();
      incident.arrived ??= at;
      break;
    case "declined":
      letGo();
      incident.station = {
        code: "command",
        name: "执行指挥中心",
        duty_phone: "0757-00000001",
        derived: false,
      };
      break;
    case "transferred":
      letGo();
      incident.station = body.stationFull;
      break;
    case "reopened":
      letGo();
      break;
    case "escalated":
      incident.told.push(body.reason);
      break;
    case "cancel_asked":
      incident.cancel_asked = at;
      break;
    case "duress":
      incident.duress = true;
      break;
    case "merged": {
      const head = others.get(body.other);
      incident.merged_into = body.other;
      head.merged.push(incident.id);
      if (head.ringing_since === null) Object.assign(head, { ringing_since: at, told: [] });
      head.timeline.push({ ...incident.timeline.at(-1), other: incident.id });
      changed.add(head);
      break;
    }
    case "split": {
      const head = others.get(incident.merged_into);
      incident.merged_into = null;
      head.merged = head.merged.filter((id) => id !== incident.id);
      changed.add(head);
      break;
    }
  }
  const pretended = body.step === "cancel_confirmed" && incident.duress;
  if (to !== null && !pretended) {
    const back = RANK.indexOf(to) >= 0 && RANK.indexOf(to) < RANK.indexOf(incident.state);
    if (!back) incident.state = to;
  }
  if (body.step === "merged") incident.ringing_since = null;
  else if (alarm === "rings" && incident.ringing_since === null) {
    Object.assign(incident, { ringing_since: at, told: [] });
  } else if (alarm === "stops" && !pretended) incident.ringing_since = null;
  return changed;
}
