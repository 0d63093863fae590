//! E20: a helper whose phone is withdrawn while it is offline. Played with the clerk's phone until
//! there are tasks for liaisons to withdraw: what came before stands, what comes after waits for a
//! person at the command centre, and the phone gives what it has, gets nothing and keeps nothing.

use std::sync::Arc;

use lastmile_core::id::{BootId, DocumentId, EnvelopeId};
use lastmile_core::time::ManualClock;

use super::day::{Day, K3};
use super::stage::{Actor, StageError, at, text, true_ms};
use crate::server::{Options, Server};
use crate::store::{State, StoreError};
use crate::withdraw::{self, Judgement, Order};

/// What E20 left behind.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    /// The on-site record of K3.
    pub record: DocumentId,
    /// What the helper recorded before, and what became of it.
    pub before: (EnvelopeId, String),
    /// What the helper recorded after, and what became of it until a person decided.
    pub after: (EnvelopeId, String),
    /// What the decision made of it.
    pub decided: String,
    /// Records left on the withdrawn phone.
    pub left: usize,
}

pub(super) fn script(error: impl std::fmt::Display) -> StageError {
    StageError::Script(error.to_string())
}

impl Day<'_> {
    /// The court's own desk at a time of the day: another process than the one that serves, as the
    /// command line is.
    pub(super) fn desk(&self, time: &str) -> Result<Server, StageError> {
        let clock = Arc::new(ManualClock::new(true_ms(time)?, 0, BootId([9; 8])));
        Server::open(&self.crew.court, Options { clock, ..Options::default() }).map_err(script)
    }

    pub(super) fn helper_is_withdrawn(&mut self) -> Result<Withdrawn, StageError> {
        let p4 = &self.crew.p4;
        self.clock("09:20")?;
        p4.sync()?;
        let record = p4.begin("onsite", K3, &[("purpose", text("查找被执行人经营场所"))])?;
        p4.sync()?;
        let first = last(p4, record)?;
        let mut before = (first, String::new());
        before.1 = became(&self.desk("09:29")?, first)?.1;
        p4.network(false);

        let order = Order {
            certificate: p4.phone.signed_in()?.certificate,
            reason: "left".to_owned(),
            on_behalf_of: "guanyongyi".to_owned(),
        };
        withdraw::revoke(&self.desk("09:30")?, &order).map_err(script)?;

        self.clock("09:50")?;
        p4.add(
            record,
            "add_event",
            &[("at", at("09:50")), ("text", text("经营场所大门上锁,邻铺称业主月初已搬走"))],
        )?;
        p4.phone.sign_pending(16)?;
        let second = last(p4, record)?;

        self.clock("10:30")?;
        p4.network(true);
        p4.sync()?;
        let after = (second, became(&self.desk("10:31")?, second)?.1);
        let left = p4.phone.records_of_case(K3)?.len();

        let judgement = Judgement {
            envelope: second,
            admit: true,
            reason: "已向麦晓岚本人电话核实,记录属实".to_owned(),
            on_behalf_of: "guanyongyi".to_owned(),
        };
        let (state, _) = withdraw::judge(&self.desk("10:35")?, &judgement).map_err(script)?;
        let decided = state.code().to_owned();
        self.event(
            "E20",
            "09:30 09:50 10:30",
            "C1 在线;P4 离线,10:30 在线",
            format!(
                "指挥中心吊销麦晓岚的手机;她离线续记一条,联网后转入待核({}),手机上{left}份案件记录;\
                 关咏仪核实后注明理由接收。此前所记照旧有效,K1清单上她的签名不受影响",
                after.1
            ),
            format!(
                "the command centre withdraws the clerk's phone; what she records offline afterwards \
                 waits ({}), the phone keeps {left} records of the case; C1 admits it with a reason. \
                 What came before stands, her signature on K1 is untouched",
                after.1
            ),
        );
        Ok(Withdrawn { record, before, after, decided, left })
    }
}

/// The last change of this phone's person in a record.
pub(super) fn last(actor: &Actor, record: DocumentId) -> Result<EnvelopeId, StageError> {
    let own = actor.phone.signed_in()?.certificate;
    let rows = actor.phone.store().read::<_, lastmile_core::phone::PhoneError>(|tx| {
        Ok(tx.log_of_document(record, 0, u32::MAX)?)
    })?;
    let found = rows.iter().rfind(|row| row.row.certificate == own);
    found.map(|row| row.row.id).ok_or_else(|| script("the phone has recorded nothing"))
}

pub(super) fn became(server: &Server, id: EnvelopeId) -> Result<(State, String), StageError> {
    let found = server.store().read::<_, StoreError>(|reading| reading.verdict(id));
    let (state, why) = found.map_err(script)?.ok_or_else(|| script("the change never came"))?;
    let why = if why.is_empty() { state.code().to_owned() } else { why };
    Ok((state, why))
}
