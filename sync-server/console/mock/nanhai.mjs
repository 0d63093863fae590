// Invented people, telephone numbers and roughly drawn areas for the mock server. Real stations'
// areas are not public; these are boxes.

export const STATIONS = [
  {
    code: "440605121",
    name: "九江派出所",
    duty_phone: "0757-00000121",
    position: "geo:22.8370,113.0020;crs=wgs84",
  },
  {
    code: "440605122",
    name: "西樵派出所",
    duty_phone: "0757-00000122",
    position: "geo:22.9340,112.9680;crs=wgs84",
  },
  {
    code: "440605125",
    name: "里水派出所",
    duty_phone: "0757-00000125",
    position: "geo:23.2130,113.1460;crs=wgs84",
  },
];

export const PEOPLE = [
  { person: "D1", name: "谭立衡", password: "duty-1", roles: ["dispatcher"], station: "440605121" },
  { person: "D2", name: "岑秀仪", password: "duty-2", roles: ["dispatcher"], station: "440605121" },
  {
    person: "D3",
    name: "莫伟强",
    password: "duty-3",
    roles: ["dispatcher"],
    station: "440605125",
    totp: "246810",
  },
  { person: "C1", name: "关咏仪", password: "command-1", roles: ["command"], station: null },
  { person: "Y1", name: "容国梁", password: "president-1", roles: ["president"], station: null },
  { person: "O1", name: "梁书仪", password: "officer-1", roles: ["contractor"], station: null },
  { person: "luqihang", name: "陆启航", password: "lu-1", roles: ["officer"], station: null },
  { person: "A1", name: "何管理", password: "admin-1", roles: ["admin"], station: null },
];

const box = (code, name, west, south, east, north) => ({
  type: "Feature",
  properties: { code, name, derived: true },
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  },
});

export const AREAS = {
  type: "FeatureCollection",
  features: [
    box("440605121", "九江派出所", 112.94, 22.78, 113.06, 22.88),
    box("440605122", "西樵派出所", 112.9, 22.88, 113.03, 22.98),
    box("440605125", "里水派出所", 113.08, 23.16, 113.22, 23.27),
  ],
};

export const CREWS = [
  {
    person: "P1",
    name: "陆启航",
    position: "geo:22.8391,113.0125;crs=wgs84",
    accuracy_m: 8,
    age_s: 6,
  },
  {
    person: "P2",
    name: "温若棠",
    position: "geo:22.8391,113.0127;crs=wgs84",
    accuracy_m: 14,
    age_s: 45,
  },
  {
    person: "P3",
    name: "区子谦",
    position: "geo:23.2205,113.1330;crs=wgs84",
    accuracy_m: 30,
    age_s: 2_700,
  },
];
