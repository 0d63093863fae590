// The records of the day in Nanhai as the mock server has them at a quarter to six in the evening: a
// list that two officers disagree about, a finalised record, an eviction with photos that are not all
// here, a correction.

import { createHash } from "node:crypto";

const hex = (text, length = 64) => createHash("sha256").update(text).digest("hex").slice(0, length);
const DAY = "2026-03-17";

/** A moment of the day as the API tells it. */
export function moment(time, day = DAY) {
  const at = `${day}T${time.length === 5 ? `${time}:00` : time}+08:00`;
  return { at, ms: Date.parse(at) };
}

const instant = (time) => `${DAY}T${time}:00+08:00`;

let items = 0;
/** An id as phones make them, in the order of their making. */
function ulid() {
  items += 1;
  return `01JPQ7B1000000000000${String(items).padStart(6, "0")}`;
}

export const K1 = "(2026)粤0605执1101号";
export const K2 = "(2026)粤0605执1102号";
export const K3 = "(2026)粤0605执1103号";

export const CASES = [
  {
    case_no: K1,
    version: 41,
    cause: "买卖合同纠纷",
    handler: "luqihang",
    team: ["luqihang", "wenruotang", "maixiaolan"],
    state: "active",
    parties: [
      { id: "A1", role: "applicant", name: "佛山市测试贸易有限公司" },
      { id: "D1", role: "debtor", name: "佛山市南海测试五金有限公司" },
    ],
  },
  {
    case_no: K2,
    version: 41,
    cause: "返还原物纠纷",
    handler: "ouziqian",
    team: ["ouziqian", "xianguifang"],
    state: "active",
    parties: [
      { id: "A1", role: "applicant", name: "何月明" },
      { id: "D1", role: "debtor", name: "陈兆祥" },
      { id: "G1", role: "agent", name: "钟以宁" },
    ],
  },
  {
    case_no: K3,
    version: 41,
    cause: "追索劳动报酬纠纷",
    handler: "wenruotang",
    team: ["wenruotang", "luqihang"],
    state: "active",
    parties: [
      { id: "A1", role: "applicant", name: "梁有福等 12 人" },
      { id: "D1", role: "debtor", name: "黎伟昌" },
    ],
  },
];

const PHONES = {
  luqihang: ["P1 执行局 1 号手机", 0],
  wenruotang: ["P2 执行局 2 号手机", 7],
  ouziqian: ["P3 执行局 3 号手机", 0],
  maixiaolan: ["P4 执行局 4 号手机", 0],
};

/** A change: what the phone's clock said, when it came, and what the log proves of it. */
function change(verb, person, time, received, proven = {}) {
  const [device_name, fast] = PHONES[person];
  const said = moment(time).ms + fast * 60_000;
  const seed = `${verb} ${person} ${time} ${received} ${items++}`;
  const after = proven.after === undefined ? moment("06:50") : proven.after && moment(proven.after);
  const before = moment(proven.before ?? received);
  const skew = Math.max(0, said - before.ms);
  return {
    envelope: hex(`envelope ${seed}`),
    change: hex(seed),
    verb,
    person,
    device_name,
    device: { at: new Date(said + 28_800_000).toISOString().replace("Z", "+08:00"), ms: said },
    monotonic_ms: 4_000_000,
    boot: hex(person, 16),
    not_before: after || null,
    not_after: before,
    skew_ms: skew,
    received: moment(received),
    late: proven.late ?? false,
    author_withdrawn: null,
    author_expired: null,
  };
}

function photo(of, purpose, time, state = "stored") {
  const id = ulid();
  const hash = hex(`photo ${id}`);
  return {
    item: {
      id,
      struck: false,
      hash,
      item: of,
      purpose,
      taken_at: instant(time),
      mime: "image/jpeg",
    },
    file: {
      hash,
      item: `photos/${id}`,
      person: "luqihang",
      state,
      bytes: 2_400_000,
      arrived: state === "stored" ? 2_400_000 : state === "arriving" ? 800_000 : 0,
      media_type: "image/jpeg",
      thumbnail: state !== "absent",
      preview: state === "stored",
      stored: state === "stored" ? moment("11:42") : null,
    },
  };
}

function record(id, kind, case_no, handler, title, more) {
  const { facts, changes, conflicts = [], photos = [], finalised = false } = more;
  const last = changes.reduce((a, b) => (a.received.ms > b.received.ms ? a : b));
  const late = changes.filter((each) => each.late).length;
  return {
    id,
    kind,
    case_no,
    handler,
    title,
    station: null,
    change_count: changes.length,
    finalised,
    open_conflicts: conflicts.length,
    late_changes: late,
    state_digest: hex(`state ${id}`),
    content_digest: hex(`content ${id}`),
    first_received: changes[0].received,
    last_received: last.received,
    heads: [last.change],
    facts: {
      id,
      kind,
      schema: 1,
      case: case_no,
      handler,
      content: hex(`content ${id}`),
      ...facts,
      photos: photos.map(({ item }) => item),
      conflicts: conflicts.map(({ kind, target }) => ({ kind, target })),
      finalised,
      late: [],
    },
    conflicts,
    files: photos.map(({ file }) => file),
    changes,
  };
}

const item = (fields) => ({ id: ulid(), struck: false, ...fields });
const staff = (person, role, work_id) => item({ person, role, work_id });

function seizure() {
  const id = "5e12f0a9c3d44b7e8f60112233445501";
  const car = item({
    line_no: 1,
    name: "新能源小型轿车",
    category: "vehicle",
    measure: "impound",
    method: "direct_control",
    quantity: 1,
    unit: "辆",
    plate: "粤ED00001",
    vin: "LTEST00B4KN000123",
    mileage_km: 45_000,
    exempt_check: "none",
    owner_basis: "registration",
    custodian_kind: "court",
    place_kept: "法院指定停车场",
  });
  const moulding = item({
    line_no: 2,
    name: "注塑机",
    category: "equipment",
    measure: "seal",
    method: "seal_strip",
    quantity: 1,
    unit: "台",
    exempt_check: "none",
    owner_basis: "possession",
    custodian_kind: "debtor",
  });
  const compressor = item({
    line_no: 3,
    name: "空气压缩机",
    category: "equipment",
    measure: "seal",
    quantity: 1,
    unit: "台",
    exempt_check: "none",
    struck: true,
  });
  const bedding = item({
    line_no: 4,
    name: "宿舍床上用品",
    category: "movable",
    quantity: 6,
    unit: "套",
    exempt_check: "daily_necessities",
    struck: true,
  });
  const photos = [
    photo(`lines/${car.id}`, "overall", "08:41"),
    photo(`lines/${car.id}`, "label", "08:42", "arriving"),
    photo(`lines/${moulding.id}`, "overall", "08:43"),
    photo(`lines/${compressor.id}`, "overall", "08:45", "absent"),
    photo("", "scene", "08:32"),
  ];
  const set = [
    change("create", "luqihang", "08:30", "10:18"),
    change("add_officer", "luqihang", "08:31", "10:18"),
    change("add_notification", "luqihang", "08:33", "10:18"),
    change("add_line", "luqihang", "08:40", "10:18"),
    change("add_photo", "luqihang", "08:41", "10:18"),
    change("edit_line", "wenruotang", "08:44", "14:20", { after: "08:25", before: "09:12" }),
    change("edit_line", "luqihang", "08:46", "10:18"),
    change("edit_line", "wenruotang", "08:52", "14:20", { after: "08:25", before: "08:53" }),
    change("strike_line", "luqihang", "08:53", "10:18"),
    change("add_seal", "luqihang", "08:58", "10:18"),
  ];
  const side = (from, claim) => ({
    person: from.person,
    device: from.device,
    change: from.change,
    ...claim,
  });
  const head = { record: id, case_no: K1, record_kind: "seizure", title: "九江镇测试工业区1号" };
  const handler = { person: "luqihang", name: "陆启航" };
  return record(id, "seizure", K1, "luqihang", "九江镇测试工业区1号", {
    photos,
    changes: set,
    facts: {
      head: {
        ruling_no: "(2026)粤0605执1101号之一",
        location: "九江镇测试工业区1号",
        start_at: instant("08:30"),
        position: "geo:22.833500,112.985000;crs=wgs84;u=12;src=gnss",
        credential_shown_at: instant("08:30"),
        dress_worn: true,
        ruling_shown_at: instant("08:31"),
      },
      lines: [car, moulding, compressor, bedding],
      officers: [
        staff("luqihang", "officer", "粤0605-Z101"),
        staff("wenruotang", "officer", "粤0605-Z102"),
        staff("maixiaolan", "clerk", "粤0605-Z201"),
      ],
      present: [
        item({
          name: "霍启明",
          role: "grassroots",
          org: "九江镇测试村委会",
          arrived_at: instant("08:28"),
        }),
      ],
      notifications: [
        item({
          name: "罗敬文",
          role: "legal_representative",
          method: "phone",
          notified_at: instant("08:10"),
          result: "refused",
        }),
      ],
      seals: [
        item({
          seal_no: "S0003",
          line: `lines/${moulding.id}`,
          affixed_place: "电控柜门",
          affixed_by: "luqihang",
          affixed_at: instant("08:58"),
        }),
      ],
      strikes: [
        item({ item: `lines/${compressor.id}`, reason: "案外人租赁物" }),
        item({ item: `lines/${bedding.id}`, reason: "生活必需品，不得查封" }),
      ],
      resolutions: [],
      finalisations: [],
    },
    conflicts: [
      {
        ...head,
        kind: "field",
        target: `lines/${car.id}/field_estimate_fen`,
        item_name: car.name,
        must_decide: { roles: ["command"], handler },
        sides: [
          side(set[5], { op: "17@a1", value: 9_250_000 }),
          side(set[6], { op: "21@b2", value: 8_600_000 }),
        ],
      },
      {
        ...head,
        kind: "struck_or_edited",
        target: `lines/${compressor.id}`,
        item_name: compressor.name,
        must_decide: { roles: [], handler },
        sides: [
          side(set[8], { op: "24@b2", struck: "案外人租赁物" }),
          side(set[7], { op: "19@a1", edited: "quantity", value: 2 }),
        ],
      },
    ],
  });
}

function onsite() {
  const text = (time, text) => item({ at: instant(time), text });
  return record(
    "5e12f0a9c3d44b7e8f60112233445502",
    "onsite",
    K1,
    "luqihang",
    "九江镇测试工业区1号地下层",
    {
      finalised: true,
      changes: [
        change("create", "luqihang", "08:25", "10:18"),
        change("add_event", "luqihang", "09:05", "10:18", { after: "08:25", before: "09:12" }),
        change("add_incident", "luqihang", "09:33", "10:18"),
        change("sign", "maixiaolan", "09:55", "10:18"),
        change("finalise", "luqihang", "09:56", "10:18"),
        change("add_event", "wenruotang", "10:05", "14:20", { late: true, after: null }),
      ],
      facts: {
        head: {
          act: "seizure",
          purpose: "查封、扣押被执行人佛山市南海测试五金有限公司的财产",
          place: "九江镇测试工业区1号地下层",
          start_at: instant("08:25"),
          end_at: instant("09:56"),
          result: "扣押车辆一辆，查封设备一台；空气压缩机权属有争议，未查封。",
        },
        events: [
          text("08:25", "进入厂房地下层，无信号；两台执法记录仪已开启并告知。"),
          text("09:05", "约十五人堵住大门并围住待扣押车辆，已报警求助。"),
          text("09:26", "九江派出所民警到场，人群散开。"),
        ],
        incidents: [
          item({
            at: instant("09:31"),
            act_code: "damage_seal",
            text: "罗敬武撕毁封条 S0003 并推搡法警邓承武，现场控制。",
          }),
        ],
        signatures: [
          item({
            name: "陆启航",
            role: "officer",
            mode: "sign",
            signed_at: instant("09:55"),
            current: true,
          }),
          item({
            name: "麦晓岚",
            role: "clerk",
            mode: "sign",
            signed_at: instant("09:55"),
            current: true,
          }),
        ],
      },
    },
  );
}

function eviction() {
  const goods = ["药箱", "木床", "衣柜", "电视机", "神台", "缝纫机"].map((name, at) =>
    item({
      line_no: at + 1,
      name,
      room: at < 3 ? "主人房" : "客厅",
      quantity: 1,
      destination: at === 0 ? "当场交其母" : "里水镇测试仓库 2 号",
    }),
  );
  const states = ["stored", "stored", "differs", "absent", "lost", "stored"];
  const photos = goods.map((each, at) =>
    photo(`moved_items/${each.id}`, "overall", `10:2${at}`, states[at]),
  );
  return record(
    "5e12f0a9c3d44b7e8f60112233445503",
    "eviction",
    K2,
    "ouziqian",
    "里水镇河村新街 3 巷 5 号",
    {
      photos: [...photos, photo("", "premises", "11:25")],
      changes: [
        change("create", "ouziqian", "09:00", "11:40"),
        change("add_vulnerable", "ouziqian", "09:10", "11:40"),
        change("add_moved_item", "ouziqian", "10:20", "11:40"),
        change("add_photo", "ouziqian", "10:22", "11:40"),
        change("override_rule", "ouziqian", "10:40", "11:40"),
        change("add_handover", "ouziqian", "11:30", "11:40"),
      ],
      facts: {
        head: {
          notice_doc_no: "(2026)粤0605执1102号公告",
          notice_deadline_on: "2026-03-15",
          premises_address: "里水镇河村新街 3 巷 5 号",
          start_at: instant("09:00"),
          debtor_came: false,
          ambulance_waiting: true,
        },
        moved_items: goods,
        vulnerable: [item({ flag: "elderly", care: "母亲 81 岁，网格员陪同，救护车待命" })],
        handovers: [
          item({
            name: "钟以宁",
            role: "agent",
            special_authority: true,
            keys_count: 3,
            at: instant("11:30"),
          }),
        ],
        strikes: [],
      },
    },
  );
}

function correction() {
  return record("5e12f0a9c3d44b7e8f60112233445504", "correction", K1, "luqihang", "补正：里程", {
    changes: [change("create", "wenruotang", "10:05", "14:20", { after: null })],
    facts: {
      head: { reason: "定稿后发现里程记载有误", text: "里程由 45,000 公里更正为 54,000 公里" },
    },
  });
}

/** Every record, made anew for each mock. */
export function records() {
  items = 0;
  return new Map([seizure(), onsite(), eviction(), correction()].map((each) => [each.id, each]));
}
