//! A checked import on its way into the database: one transaction signs and publishes all of it, or
//! nothing of it. What is right and wrong about the files is [`crate::import`]'s.

use lastmile_core::id::BlobHash;
use lastmile_core::pack::case::CasePack;
use lastmile_core::pack::payload::Payload;
use lastmile_core::pack::roster::RosterPack;

use crate::import::{ImportPlan, InputFile, Known};
use crate::publish::{self, PublishError, Published};
use crate::server::Server;

/// What the server has, against which new data is checked.
pub fn known(server: &Server) -> Result<Known, PublishError> {
    server.store().read(|reading| {
        let mut seal_blocks = Vec::new();
        for row in reading.latest_packs(CasePack::KIND)? {
            let case = publish::payload_of::<CasePack>(&row)?;
            seal_blocks
                .extend(case.seal_blocks.into_iter().map(|block| (case.case_no.clone(), block)));
        }
        Ok(Known {
            court: Some(server.court().to_owned()),
            seal_blocks,
            roster: publish::stored::<RosterPack>(reading, server.court())?,
            derive_stations: false,
        })
    })
}

/// Signs and publishes everything of `plan`, which was made from `inputs`. People come before cases,
/// so that whoever enters a case is known by name when it arrives.
pub fn publish_plan(
    server: &Server,
    plan: &ImportPlan,
    inputs: &[InputFile],
) -> Result<Published, PublishError> {
    let mut court = plan.court.clone();
    let mut grid = plan.grid.clone();
    let mut areas = plan.areas.clone();
    let mut stations = plan.stations.clone();
    let mut roster = plan.roster.clone();
    let mut cases = plan.cases.clone();
    let named = court.iter_mut().map(|pack| &mut pack.code);
    let named = named.chain(grid.iter_mut().map(|pack| &mut pack.court));
    let named = named.chain(areas.iter_mut().map(|pack| &mut pack.court));
    let named = named.chain(stations.iter_mut().map(|pack| &mut pack.court));
    let named = named.chain(roster.iter_mut().map(|pack| &mut pack.court));
    for name in named.chain(cases.iter_mut().map(|pack| &mut pack.court)) {
        // Tables do not name the court they were made in; files that do must name this one.
        if name.is_empty() {
            server.court().clone_into(name);
        } else if name != server.court() {
            return Err(PublishError::WrongCourt(name.clone()));
        }
    }
    server.publish(|publisher| {
        if let Some(pack) = &court {
            publisher.reference(pack, |pack, version| pack.version = version)?;
        }
        if let Some(pack) = &grid {
            publisher.reference(pack, |pack, version| pack.version = version)?;
        }
        if let Some(pack) = &areas {
            publisher.reference(pack, |pack, version| pack.version = version)?;
        }
        if let Some(pack) = &stations {
            publisher.reference(pack, |pack, version| pack.version = version)?;
        }
        if let Some(pack) = &roster {
            publisher.roster(pack)?;
        }
        for pack in &cases {
            publisher.case(pack)?;
        }
        for paper in &plan.papers {
            if let Some(input) = inputs.get(paper.input) {
                publisher.ruling(BlobHash(paper.sha256), &paper.name, &input.bytes)?;
            }
        }
        Ok(())
    })
}
