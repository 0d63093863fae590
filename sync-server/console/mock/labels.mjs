// The words of fields, codes and verbs as the court's server tells them: a part of what the kinds in
// `core/src/records` say.

const of = (entries) =>
  Object.fromEntries(Object.entries(entries).map(([key, [zh, en]]) => [key, { zh, en }]));

const PART = {
  legal_representative: ["法定代表人", "legal representative"],
  grassroots: ["基层组织代表", "representative of the grassroots organisation"],
  agent: ["委托代理人", "agent"],
  debtor: ["被执行人", "debtor"],
  adult_family: ["成年家属", "adult family member"],
  officer: ["执行人员", "enforcement officer"],
  clerk: ["书记员", "clerk"],
};

const SHARED = {
  collections: {
    officers: ["执行人员", "crew"],
    present: ["在场人员", "persons present"],
    notifications: ["通知到场", "notices to be present"],
    photos: ["照片", "photos"],
    proofs: ["签收影像", "pictures of signing"],
    signatures: ["签名", "signatures"],
    deliveries: ["文书交付", "copies handed over"],
    overrides: ["承办人说明后继续", "set aside by the officer"],
  },
  fields: {
    "officers/person": ["人员", "person"],
    "officers/role": ["身份", "part"],
    "officers/work_id": ["工作证号", "work ID number"],
    "present/name": ["姓名", "name"],
    "present/role": ["身份", "part"],
    "present/org": ["单位", "organisation"],
    "present/arrived_at": ["到场时间", "arrived at"],
    "notifications/name": ["姓名", "name"],
    "notifications/role": ["身份", "part"],
    "notifications/method": ["方式", "how"],
    "notifications/notified_at": ["通知时间", "told at"],
    "notifications/result": ["结果", "result"],
    "signatures/name": ["姓名", "name"],
    "signatures/role": ["身份", "part"],
    "signatures/mode": ["方式", "mode"],
    "signatures/signed_at": ["签名时间", "signed at"],
    "photos/purpose": ["用途", "purpose"],
    "photos/taken_at": ["拍摄时间", "taken at"],
    start_at: ["开始时间", "started at"],
    end_at: ["完成时间", "completed at"],
    position: ["现场位置", "position"],
    credential_shown_at: ["出示工作证件时间", "credentials shown at"],
    dress_worn: ["按规定着装", "in required dress"],
    remark: ["备注", "remark"],
  },
  choices: {
    "officers/role": {
      officer: ["执行员", "enforcement officer"],
      judge: ["执行法官", "enforcement judge"],
      clerk: ["书记员", "clerk"],
    },
    role: PART,
    "notifications/method": { phone: ["电话", "by phone"], in_person: ["当面", "in person"] },
    "notifications/result": { refused: ["拒不到场", "refused"], came: ["到场", "came"] },
    "signatures/mode": { sign: ["签名", "signature"], refused: ["拒绝签名", "refused"] },
    "photos/purpose": {
      overall: ["全貌", "overall view"],
      label: ["铭牌、标签", "name plate or label"],
      seal: ["封条", "seal strip"],
      damage: ["瑕疵、损坏", "damage"],
      scene: ["现场情况", "scene"],
      premises: ["房屋状况", "premises"],
      meter: ["仪表底数", "meter reading"],
    },
  },
};

function kind(label, { collections = {}, fields = {}, choices = {} }) {
  const [zh, en] = label;
  const all = { ...SHARED.choices, ...choices };
  return {
    label: { zh, en },
    collections: of({ ...collections, ...SHARED.collections }),
    fields: of({ ...fields, ...SHARED.fields }),
    choices: Object.fromEntries(Object.entries(all).map(([field, codes]) => [field, of(codes)])),
  };
}

/** The answer to `GET words`. */
export const WORDS = {
  kinds: {
    seizure: kind(["查封（扣押）财产清单", "seizure and impoundment"], {
      collections: { lines: ["财产清单", "list"], seals: ["封条", "seal strips"] },
      fields: {
        ruling_no: ["裁定书文号", "ruling number"],
        location: ["所在地", "location"],
        ruling_shown_at: ["出示裁定书时间", "ruling shown at"],
        term_from: ["期限自", "term from"],
        term_to: ["期限至", "term to"],
        "lines/line_no": ["序号", "number"],
        "lines/name": ["名称", "name"],
        "lines/category": ["种类", "kind"],
        "lines/measure": ["措施", "measure"],
        "lines/method": ["公示方式", "method"],
        "lines/quantity": ["数量", "quantity"],
        "lines/unit": ["单位", "unit"],
        "lines/plate": ["号牌号码", "plate"],
        "lines/vin": ["车辆识别代号", "VIN"],
        "lines/mileage_km": ["里程（公里）", "mileage (km)"],
        "lines/serial_no": ["编号", "serial number"],
        "lines/exempt_check": ["豁免核对", "exemption check"],
        "lines/owner_basis": ["权属依据", "basis of ownership"],
        "lines/field_estimate_fen": ["现场估值（仅供参考）", "field estimate (for reference)"],
        "lines/custodian_kind": ["保管人身份", "kind of custodian"],
        "lines/place_kept": ["保管地点", "kept at"],
        "seals/seal_no": ["封条编号", "seal number"],
        "seals/line": ["所封财产", "on"],
        "seals/affixed_place": ["加贴部位", "affixed where"],
        "seals/affixed_by": ["加贴人", "affixed by"],
        "seals/affixed_at": ["加贴时间", "affixed at"],
      },
      choices: {
        "lines/category": {
          vehicle: ["机动车", "motor vehicle"],
          equipment: ["机器设备", "machinery"],
          movable: ["其他动产", "other movable"],
        },
        "lines/measure": {
          seal: ["查封", "seal in place"],
          impound: ["扣押", "impound"],
          not_seized: ["未查封（注明）", "not seized (noted)"],
        },
        "lines/method": {
          seal_strip: ["加贴封条", "seal strip"],
          direct_control: ["直接控制", "direct control"],
        },
        "lines/exempt_check": {
          none: ["不属豁免财产", "not exempt"],
          daily_necessities: ["生活必需的衣物、家具、炊具、餐具等", "necessary household things"],
        },
        "lines/owner_basis": {
          possession: ["占有", "possession"],
          registration: ["登记", "registration"],
        },
        "lines/custodian_kind": {
          court: ["人民法院", "the court"],
          debtor: ["被执行人", "debtor"],
        },
      },
    }),
    onsite: kind(["执行笔录", "on-site record"], {
      collections: {
        events: ["执行经过", "course of events"],
        statements: ["询问与陈述", "questions and statements"],
        incidents: ["突发情况", "incidents"],
      },
      fields: {
        act: ["执行事项", "act"],
        purpose: ["执行目的", "purpose"],
        place: ["地点", "place"],
        result: ["执行结果", "result"],
        "events/at": ["时间", "at"],
        "events/text": ["经过", "what happened"],
        "incidents/at": ["时间", "at"],
        "incidents/act_code": ["妨害行为", "conduct"],
        "incidents/text": ["经过", "what happened"],
      },
      choices: {
        act: { seizure: ["查封、扣押", "seizure"], eviction: ["强制迁出", "eviction"] },
        "incidents/act_code": {
          damage_seal: ["损毁封条、公告", "damaging a seal or notice"],
          violence: ["暴力抗拒", "violence"],
        },
      },
    }),
    eviction: kind(["强制迁出记录", "eviction"], {
      collections: {
        moved_items: ["搬出财物清单", "goods moved out"],
        vulnerable: ["需照护人员", "vulnerable persons"],
        utilities: ["水电气", "utilities"],
        handovers: ["房屋（土地）交付", "hand-over of the premises"],
      },
      fields: {
        notice_doc_no: ["公告文号", "notice number"],
        notice_deadline_on: ["公告指定期间届满日", "period of the notice ends on"],
        premises_address: ["房屋（土地）坐落", "premises"],
        debtor_came: ["被执行人（成年家属）到场", "debtor or adult family came"],
        ambulance_waiting: ["救护车待命", "ambulance waiting"],
        "moved_items/line_no": ["序号", "number"],
        "moved_items/name": ["名称", "name"],
        "moved_items/room": ["房间", "room"],
        "moved_items/quantity": ["数量", "quantity"],
        "moved_items/destination": ["存放地点", "destination"],
        "vulnerable/flag": ["情形", "what"],
        "vulnerable/care": ["照护安排", "care"],
        "handovers/name": ["姓名", "name"],
        "handovers/role": ["身份", "part"],
        "handovers/special_authority": ["特别授权", "special authority"],
        "handovers/keys_count": ["钥匙（把）", "keys"],
        "handovers/at": ["交付时间", "at"],
      },
      choices: { "vulnerable/flag": { elderly: ["高龄老人", "elderly person"] } },
    }),
    assistance: kind(["请求公安协助", "request for police assistance"], {
      fields: {
        asked_at: ["求助时间", "asked at"],
        place: ["地点", "place"],
        callback: ["回拨电话", "call-back number"],
        situation_code: ["情况", "situation"],
        situation_text: ["情况说明", "what happens"],
        people_count_est: ["对方人数（约）", "people, about"],
        weapons_seen: ["发现器械", "weapons seen"],
      },
      choices: {
        situation_code: {
          blockade: ["围堵", "blockade"],
          surrounding: ["包围执行人员、车辆", "crew or vehicle surrounded"],
        },
      },
    }),
    correction: kind(["补正笔录", "correction record"], {
      fields: {
        reason: ["补正原因", "why corrected"],
        text: ["补正内容", "what is corrected"],
      },
    }),
  },
  verbs: of({
    "seizure/create": ["新建查封（扣押）清单", "new seizure"],
    "onsite/create": ["新建执行笔录", "new on-site record"],
    "eviction/create": ["新建强制迁出记录", "new eviction"],
    "assistance/create": ["请求公安协助", "asks for police assistance"],
    "correction/create": ["新建补正笔录", "new correction record"],
    set: ["填写", "fill in"],
    add_line: ["添加一项财产", "add line"],
    edit_line: ["修改", "edit line"],
    strike_line: ["划去", "strike line"],
    add_seal: ["加贴封条", "affix seal"],
    add_officer: ["登记执行人员", "add crew member"],
    add_present: ["登记在场人", "add person present"],
    add_notification: ["记录通知到场", "add notice"],
    add_photo: ["拍照", "add photo"],
    add_event: ["记录经过", "add event"],
    add_incident: ["记录突发情况", "add incident"],
    add_moved_item: ["登记搬出财物", "add goods moved out"],
    add_vulnerable: ["登记需照护人员", "add vulnerable person"],
    add_handover: ["登记房屋交付", "hand over premises"],
    override_rule: ["说明理由后继续", "set a rule aside"],
    resolve: ["确定分歧", "settle"],
    sign: ["签名", "sign"],
    finalise: ["定稿", "finalise"],
  }),
};
