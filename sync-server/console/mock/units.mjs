// Who of the police is on duty, and who could come, as the mock server has it. Units and times are
// invented.

const shift = (code, name, unit, fix_age_s) => ({
  station: { code, name },
  unit,
  from: "2026-03-17T00:00:00Z",
  until: "2026-03-17T12:00:00Z",
  fix_age_s,
});

/** The plan at the beginning. */
export const DUTY = [
  shift("440605121", "九江派出所", "巡逻一组", 40),
  shift("440605121", "九江派出所", "巡逻二组", null),
  shift("440605122", "西樵派出所", "西樵一组", null),
];

/** Who could come: the units of a plan, those with a fix first; for the command centre our own people as well. */
export function nearest(plan, incident, command, out) {
  const placed = incident.request.position !== null;
  const police = plan.map((one, index) => ({
    unit: one.unit,
    station: one.station,
    metres: placed ? (one.metres ?? 850 + index * 1_400) : null,
    plus_minus_m: placed && one.fix_age_s !== null ? 28 : null,
    minutes: placed ? 3 + index * 4 : null,
    fix_age_s: one.fix_age_s,
    alike: placed && one.alike === true,
    busy: out(one.unit, one.station) !== null,
    out: out(one.unit, one.station),
  }));
  const own = {
    unit: "温若棠",
    station: null,
    metres: 6_200,
    plus_minus_m: 208,
    minutes: 18,
    fix_age_s: 720,
    alike: false,
    busy: false,
    out: null,
  };
  police.sort((a, b) => Number(a.busy) - Number(b.busy) || a.minutes - b.minutes);
  return { placed, police, court: command && placed ? [own] : [] };
}
