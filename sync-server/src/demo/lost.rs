//! E20b: a phone is lost. The command centre orders it to be wiped; somebody finds it and switches it on.
//! It hands in what was on it only, destroys its copy and says so; what it handed in waits for a person.

use lastmile_core::id::EnvelopeId;
use lastmile_core::phone::PhoneError;

use super::day::Day;
use super::stage::{StageError, at, text};
use super::withdrawn::{Withdrawn, became, last, script};
use crate::withdraw::{self, Honoured, Judgement, Order};

/// What the lost phone left behind.
#[derive(Debug, Clone)]
pub struct Lost {
    /// What was on this phone only, and what became of it until a person decided.
    pub change: (EnvelopeId, String),
    /// What the decision made of it.
    pub decided: String,
    /// What the phone reported of its end.
    pub honoured: Option<Honoured>,
    /// Changes and channels on the phone before and after.
    pub rows: (usize, usize),
}

impl Day<'_> {
    pub(super) fn phone_is_lost(&mut self, helper: &Withdrawn) -> Result<Lost, StageError> {
        let p5 = &self.crew.p5;
        self.clock("10:40")?;
        p5.sync()?;
        p5.network(false);
        self.clock("10:42")?;
        p5.add(
            helper.record,
            "add_event",
            &[("at", at("10:42")), ("text", text("邻铺愿作证,留有名片"))],
        )?;
        p5.phone.sign_pending(16)?;
        let change = last(p5, helper.record)?;
        let rows = || {
            p5.phone.store().read::<_, PhoneError>(|tx| {
                Ok(tx.log_after(0, u32::MAX)?.len() + tx.channels()?.len())
            })
        };
        let before = rows()?;
        let order = Order {
            certificate: p5.phone.signed_in()?.certificate,
            reason: "lost".to_owned(),
            on_behalf_of: "guanyongyi".to_owned(),
        };
        withdraw::wipe(&self.desk("10:50")?, &order).map_err(script)?;

        self.clock("11:00")?;
        p5.network(true);
        p5.sync()?;
        let desk = self.desk("11:05")?;
        let waited = became(&desk, change)?.1;
        let wipings = desk.store().read(withdraw::wipings).map_err(script)?;
        let honoured = wipings.get(&order.certificate).and_then(|wiping| wiping.honoured);
        let judgement = Judgement {
            envelope: change,
            admit: true,
            reason: "温若棠当面确认,系手机遗失前本人所记".to_owned(),
            on_behalf_of: "guanyongyi".to_owned(),
        };
        let (state, _) = withdraw::judge(&desk, &judgement).map_err(script)?;
        let rows = (before, rows()?);
        let (saved, lost) = honoured.map_or((0, 0), |done| (done.saved, done.lost));
        let originals = honoured.and_then(|done| done.originals).unwrap_or(0);
        self.event(
            "E20b",
            "10:50 11:00",
            "C1 在线;P5 遗失",
            format!(
                "温若棠的备用手机遗失,指挥中心下令擦除;被人捡到开机联网后交回{saved}项,损失{lost}项、原件{originals}个,\
                 手机内剩{}行。交回的转入待核,关咏仪核实后接收",
                rows.1
            ),
            format!(
                "an officer's second phone is lost and ordered wiped; whoever finds it switches it on: \
                 {saved} handed in, {lost} and {originals} originals lost, {} rows left on it. What it handed in waits, C1 admits it",
                rows.1
            ),
        );
        let decided = state.code().to_owned();
        Ok(Lost { change: (change, waited), decided, honoured, rows })
    }
}
