// Words on the buttons of steps: what a person does, where the step's own label says what is then
// so.

export const ACTS = {
  act_acknowledged: ["接警", "Acknowledge"],
  act_unit_sent: ["出警", "Send a unit"],
  act_eta: ["更新到达时间", "Update expected arrival"],
  act_arrived: ["登记到场", "Mark as arrived"],
  act_handed_over: ["登记移交人员", "Hand a person over"],
  act_closed: ["结束处置", "Close"],
  act_cancel_confirmed: ["确认撤回", "Confirm withdrawal"],
  act_taken_over: ["接班", "Take over"],
  act_transferred: ["转派", "Transfer"],
  act_declined: ["无法出警", "Cannot come"],
  act_escalated: ["升级上报", "Escalate"],
  act_merged: ["并入另一件", "Join with another"],
  act_split: ["拆分", "Part"],
  act_false_alarm: ["记为误报", "False alarm"],
  act_reopened: ["重新打开", "Reopen"],
} as const;
