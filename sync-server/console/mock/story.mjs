// The morning E08 to E11 of the day in Nanhai, step by step, and single events for tests: what the
// phone and the people on the spot do. The dispatcher's part is left to whoever sits at the
// console.

/** A grey picture with a gate and a car, as a thumbnail. */
export const THUMBNAIL = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 104 78"><rect width="104" height="78" fill="#8a97a8"/><rect x="8" y="22" width="88" height="40" fill="#5d6a7a"/><rect x="30" y="40" width="44" height="20" rx="6" fill="#d9dfe6"/></svg>`;

const GATE = {
  place: "九江镇沙头工业区 7 号厂房门口",
  position: "geo:22.8391,113.0125;crs=wgs84;u=8",
  situation: "blockade",
  people: 15,
  callback: "0757-00000701",
  officers_on_site: 2,
};

/** E09: the guard room's landline; the voice report as the dispatcher would enter it. */
export const VOICE = {
  case_no: "(2026)粤0605执1101号",
  request: {
    ...GATE,
    channel: "voice",
    situation_text: "约15人堵住大门，围住待查封车辆",
    weapons: null,
    injured: false,
  },
};

/** E10: the request the phone had saved at 09:05. */
export const APP = {
  case_no: "(2026)粤0605执1101号",
  request: {
    ...GATE,
    channel: "app",
    situation: "surrounding",
    situation_text: "车辆被围，人群情绪激动",
    weapons: false,
    injured: false,
    callback: "13900000101",
    needs: ["officers", "crowd_control"],
  },
  photos: [
    {
      hash: "5f1c0e5d7a2b4c6d8e9f00112233445566778899aabbccddeeff001122334455",
      thumbnail: "/mock/photo.svg",
      taken_at: "2026-03-17T01:05:20Z",
    },
    {
      hash: "6a1c0e5d7a2b4c6d8e9f00112233445566778899aabbccddeeff001122334456",
      thumbnail: "/mock/photo.svg",
      taken_at: "2026-03-17T01:05:41Z",
    },
  ],
};

/** Another crew, another place. */
export const ELSEWHERE = {
  case_no: "(2026)粤0605执1118号",
  request: {
    channel: "sms",
    place: "九江镇儒林西路 22 号",
    position: "geo:22.8296,112.9893;crs=wgs84;u=35",
    situation: "threat",
    situation_text: "被执行人手持木棍",
    people: 2,
    weapons: true,
    injured: false,
    callback: "13900000102",
    officers_on_site: 3,
    needs: ["officers"],
  },
};

/** In the area of another station. */
export const LISHUI = {
  station: "440605125",
  case_no: "(2026)粤0605执1102号",
  request: {
    channel: "app",
    place: "里水镇河村新街 3 巷",
    position: "geo:23.2205,113.1330;crs=wgs84;u=12",
    situation: "self_harm",
    situation_text: "老人情绪激动，堵在门口",
    people: 4,
    weapons: false,
    injured: null,
    callback: "13900000103",
    officers_on_site: 4,
    needs: ["ambulance"],
  },
};
