// What the mock server answers to the workspaces beside the desk, and what becomes of what is decided
// there: quarantine, conflicts, invitations, withdrawals.

import { createHash } from "node:crypto";
import { WORDS } from "./labels.mjs";
import { CASES, K1, K2, K3, moment, records } from "./papers.mjs";
import { PEOPLE } from "./nanhai.mjs";

const hex = (text) => createHash("sha256").update(text).digest("hex");
const at = (time) => `2026-03-17T${time}:00+08:00`;

const STAFF = [
  ["luqihang", "陆启航", ["officer"]],
  ["wenruotang", "温若棠", ["officer"]],
  ["ouziqian", "区子谦", ["officer"]],
  ["maixiaolan", "麦晓岚", ["clerk"]],
  ["dengchengwu", "邓承武", ["judicial_police"]],
  ["xianguifang", "冼桂芳", ["liaison"]],
  ["huoqiming", "霍启明", ["liaison"]],
  ["yuanzhang", "容国梁", ["president"]],
];

const NAMES = Object.fromEntries([
  ...STAFF.map(([person, name]) => [person, name]),
  ...PEOPLE.map(({ person, name }) => [person, name]),
]);

const named = (person) => ({ person, name: NAMES[person] ?? person });

const KIND = (kind) => WORDS.kinds[kind].label;

/** The workspaces' side of a mock's world. */
export class Office {
  constructor() {
    this.records = records();
    this.quarantine = [
      waiting("quarantine-1", "quarantined", "revoked", {
        person: "huoqiming",
        device_name: "V2 村委会手机",
        verb: "add_event",
        case_no: K3,
        time: "09:50",
        received: "10:30",
      }),
      waiting("quarantine-2", "quarantined", "not_a_member", {
        person: "dengchengwu",
        device_name: "法警队 2 号手机",
        verb: "add_photo",
        case_no: K2,
        time: "10:02",
        received: "11:05",
      }),
    ];
    this.held = [
      waiting("held-1", "held", "missing_dependency", {
        person: "wenruotang",
        device_name: "P2 执行局 2 号手机",
        verb: "edit_line",
        case_no: K1,
        time: "08:59",
        received: "14:20",
      }),
      waiting("held-2", "held", "newer_schema", {
        person: "maixiaolan",
        device_name: "P4 执行局 4 号手机",
        verb: "add_line_v2",
        case_no: null,
        time: "15:02",
        received: "15:03",
      }),
    ];
    this.rejected = [
      waiting("rejected-1", "rejected", "finalised", {
        person: "wenruotang",
        device_name: "P2 执行局 2 号手机",
        verb: "edit_line",
        case_no: K1,
        time: "10:12",
        received: "14:20",
      }),
    ];
    this.devices = devices();
    this.enrolled = 0;
    /** Answers that fail, by path, for tests. */
    this.broken = new Set();
    /** Acts added for tests of paging. */
    this.more = 0;
  }

  conflicts() {
    return [...this.records.values()].flatMap((record) => record.conflicts);
  }

  acts() {
    const [list, onsite, eviction] = [...this.records.values()];
    const acts = [
      act(
        list,
        "08:30",
        ["wenruotang", "maixiaolan"],
        [
          missing(
            "R-SEZ-05",
            "清单尚未由在场人签名并交付一份",
            "the list is not signed and no copy was delivered",
            "《民事诉讼法》第二百五十六条第二款",
          ),
          missing(
            "R-SEZ-06",
            "笔录缺少完成时间、保管人签名",
            "the record lacks the time of completion and the custodian's signature",
            "《查封、扣押、冻结财产的规定》第十八条",
          ),
        ],
      ),
      act(
        eviction,
        "09:00",
        ["xianguifang"],
        [
          missing(
            "R-EVI-05",
            "强制迁出笔录未签名",
            "the eviction record is unsigned",
            "《民事诉讼法》第二百六十一条第二款",
          ),
          missing("R-EVI-07", "被执行人未到场，未注明公证", "debtor absent, no notary noted", null),
        ],
      ),
      act(onsite, "08:25", ["wenruotang", "maixiaolan"], []),
    ];
    for (let n = 0; n < this.more; n += 1) {
      acts.push({ ...acts[2], record: hex(`more ${n}`).slice(0, 32), title: `补充活动 ${n + 1}` });
    }
    return acts;
  }

  evening() {
    const [list, , eviction, correction] = [...this.records.values()];
    return {
      unfinished: this.acts().filter((each) => !each.finalised),
      overrides: [
        {
          record: eviction.id,
          case_no: K2,
          rule: missing(
            "R-EVI-07",
            "被执行人未到场的，已全程录像、公证、指定保管人并通知领取",
            "debtor absent: full video, notary, custodian and pick-up notice",
            "地方规定（由本院配置）",
          ),
          by: named("ouziqian"),
          at: at("10:40"),
          reason: "公证处无法当日派员，已全程录像",
        },
      ],
      returned: [
        {
          record: correction.id,
          case_no: K1,
          title: correction.title,
          reason: "未写明更正依据的照片",
          at: at("16:05"),
        },
      ],
      approvals: [
        {
          record: list.id,
          case_no: K1,
          what: { zh: "拘留罗敬武七日", en: "detention of Luo Jingwu, seven days" },
          asked_by: named("luqihang"),
          at: at("09:36"),
        },
      ],
    };
  }

  decide(envelope, { admit, reason }) {
    const change = this.quarantine.find((each) => each.envelope === envelope);
    if (!change) return null;
    this.quarantine = this.quarantine.filter((each) => each !== change);
    this.lastDecision = { envelope, admit, reason };
    if (admit) return { envelope, state: "accepted", reason: "" };
    this.rejected.push({ ...change, state: "rejected", reason: "set_aside" });
    return { envelope, state: "rejected", reason: "set_aside" };
  }

  /** `null`: there is no such conflict any more. */
  settle(session, id, { conflict, keep, value, leave_out, reason }) {
    const record = this.records.get(id);
    const found = record?.conflicts.find(
      (each) => each.kind === conflict.kind && each.target === conflict.target,
    );
    const ops = found?.sides.map((side) => side.op).sort();
    if (!found || ops.join() !== [...conflict.sides].sort().join()) return null;
    const chosen = found.sides.find((side) => side.op === keep);
    const [collection, item, field] = found.target.split("/");
    const line = record.facts[collection].find((each) => each.id === item);
    if (field) line[field] = chosen ? chosen.value : value;
    else line.struck = chosen?.struck !== undefined;
    record.facts.resolutions.push({
      id: `01JPQ7B2${String(this.enrolled++).padStart(18, "0")}`,
      struck: false,
      target: found.target,
      choice: leave_out ? "unsettled" : choiceOf(chosen, field),
      reason,
    });
    record.conflicts = record.conflicts.filter((each) => each !== found);
    record.open_conflicts = record.conflicts.length;
    record.changes.push({
      ...record.changes.at(-1),
      envelope: hex(`settled ${found.target}`),
      verb: "resolve",
      person: session.person,
      device_name: "console",
      device: moment("17:45"),
      received: moment("17:45"),
      not_after: null,
      skew_ms: 0,
    });
    record.change_count += 1;
    return record;
  }

  /** A refusal, or the record. */
  finalise(session, id, { content_digest, password }, known) {
    const record = this.records.get(id);
    if (!record) return null;
    if (password !== known)
      return {
        refused: [
          "wrong_password",
          403,
          "密码不正确，未作改动",
          "The password is wrong; nothing was done.",
        ],
      };
    if (content_digest !== record.content_digest)
      return { refused: ["record_moved", 409, "记录内容已有变化", "The record has changed."] };
    if (this.unlawful)
      return {
        refused: [
          "rules_block",
          422,
          "尚缺法定事项，不能定稿：未记载见证人",
          "Not finalised, the law asks for: a witness",
        ],
      };
    record.finalised = true;
    record.changes.push({
      ...record.changes.at(-1),
      envelope: hex(`finalised ${id}`),
      verb: "finalise",
      person: session.person,
      device_name: "console",
      device: moment("17:45"),
      received: moment("17:45"),
      not_after: null,
      skew_ms: 0,
    });
    record.change_count += 1;
    return record;
  }

  cases(search) {
    const text = search?.trim() ?? "";
    const hit = (each) =>
      [each.case_no, each.cause, ...each.parties.map((party) => party.name)].some((part) =>
        part.includes(text),
      );
    return CASES.filter(hit).map(({ parties, ...each }) => each);
  }

  case(no) {
    const found = CASES.find((each) => each.case_no === no);
    if (!found) return null;
    const own = [...this.records.values()].filter((record) => record.case_no === no);
    const open_conflicts = own.reduce((sum, record) => sum + record.open_conflicts, 0);
    return { ...found, records: own.length, open_conflicts };
  }

  people() {
    const accounts = new Map(PEOPLE.map((person) => [person.person, person]));
    const all = [
      ...STAFF.map(([person, name, roles]) => ({ person, name, roles })),
      ...PEOPLE.filter(({ person }) => !STAFF.some(([known]) => known === person)).map(
        ({ person, name, roles }) => ({ person, name, roles }),
      ),
    ];
    return all.map((each) => ({
      ...each,
      devices: this.devices.filter((device) => device.person.person === each.person).length,
      account: accounts.has(each.person),
      totp: Boolean(accounts.get(each.person)?.totp),
    }));
  }

  enrol({ person, roles, device_name }) {
    this.enrolled += 1;
    this.lastEnrolment = { person, roles, device_name };
    const needs = roles.includes("admin") || roles.includes("president") ? 2 : 0;
    return {
      code: "7K4M-QX2P-9TRD-H3VN",
      qr_svg: qr(`${person} ${device_name} ${this.enrolled}`),
      expires_at: at("18:45"),
      approvals_needed: needs,
    };
  }

  withdraw(certificate, { reason, wipe }) {
    const device = this.devices.find((each) => each.certificate === certificate);
    if (!device || device.withdrawn !== null) return null;
    this.lastWithdrawal = { certificate, reason, wipe };
    device.withdrawn = at("17:46");
    return device;
  }
}

/** The code of a choice, as the records have it. */
function choiceOf(chosen, field) {
  if (!chosen) return "other";
  if (field) return "alternative";
  return chosen.struck === undefined ? "kept" : "struck";
}

function waiting(seed, state, reason, { person, device_name, verb, case_no, time, received }) {
  return {
    envelope: hex(seed),
    record: hex(`record ${seed}`).slice(0, 32),
    case_no,
    state,
    reason,
    person,
    device_name,
    verb,
    device: moment(time),
    received: moment(received),
  };
}

function missing(code, zh, en, article) {
  return { code, zh, en, article };
}

function act(record, started, people, lacks) {
  const count = (state) => record.files.filter((file) => file.state === state).length;
  return {
    record: record.id,
    case_no: record.case_no,
    kind: record.kind,
    kind_label: KIND(record.kind),
    title: record.title,
    handler: named(record.handler),
    people: people.map(named),
    started_at: at(started),
    last_received: record.last_received.at,
    finalised: record.finalised,
    open_conflicts: record.open_conflicts,
    missing: lacks,
    files: {
      absent: count("absent"),
      arriving: count("arriving"),
      stored: count("stored"),
      // As the server counts: what it lost has to be sent again as well.
      differs: count("differs") + count("lost"),
    },
  };
}

function devices() {
  const row = (person, device_name, last, more = {}) => ({
    certificate: hex(`certificate ${device_name}`),
    device: hex(`device ${device_name}`).slice(0, 16),
    device_name,
    person: named(person),
    roles: STAFF.find(([id]) => id === person)?.[2] ?? [],
    valid_until: "2026-09-17T00:00:00+08:00",
    withdrawn: null,
    last_contact: last,
    app_version: "1.4.0",
    waiting: 0,
    behind: 0,
    ...more,
  });
  return [
    row("luqihang", "P1 执行局 1 号手机", at("17:31")),
    row("wenruotang", "P2 执行局 2 号手机", at("14:22"), { waiting: 1, behind: 12 }),
    row("ouziqian", "P3 执行局 3 号手机", at("17:40")),
    row("maixiaolan", "P4 执行局 4 号手机", "2026-03-15T18:02:00+08:00", {
      waiting: 1,
      behind: 87,
      app_version: "1.3.2",
    }),
    row("xianguifang", "V1 网格员手机", null, { app_version: null, behind: null }),
    row("huoqiming", "V2 村委会手机", at("10:30"), { waiting: 1, withdrawn: at("09:30") }),
  ];
}

/** Something that looks like a code to scan; a mock's invitation leads nowhere. */
function qr(text) {
  const bits = Buffer.from(hex(text) + hex(`${text}!`), "hex");
  const cells = [];
  for (let n = 0; n < 21 * 21; n += 1) {
    if ((bits[n % 64] >> (n % 7)) & 1) cells.push(`M${n % 21} ${Math.floor(n / 21)}h1v1h-1z`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 25 25"><rect x="-2" y="-2" width="25" height="25" fill="#fff"/><path d="${cells.join("")}" fill="#000"/></svg>`;
}

export const PACKS = [
  ["court", "佛山市南海区人民法院", 3, "2026-02-20T10:00:00+08:00"],
  ["roster", "执行局名册", 12, "2026-03-16T18:00:00+08:00"],
  ["station", "南海区派出所", 5, "2026-03-02T09:00:00+08:00"],
  ["rules", "cn-enforcement", 1, "2026-02-20T10:05:00+08:00"],
  ["calendar", "2026 年工作日历", 1, "2026-01-04T09:00:00+08:00"],
  ["case", K1, 41, "2026-03-17T06:00:00+08:00"],
].map(([kind, name, version, published_at]) => ({
  kind,
  name,
  version,
  published_at,
  sha256: hex(`${kind} ${name} ${version}`),
}));

export { NAMES, WORDS };
