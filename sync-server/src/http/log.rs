//! The court's log for whoever wants to mirror or watch it: the newest checkpoint, and tiles as C2SP
//! tlog-tiles describes them. Open to all: leaves are hashes under blinded names.
//!
//! ```text
//! GET /v1/courts/{court}/log/checkpoint
//! GET /v1/courts/{court}/log/timestamps               what others said of checkpoints (RFC 3161)
//! GET /v1/courts/{court}/log/tile/0/x001/067          256 leaf hashes
//! GET /v1/courts/{court}/log/tile/1/004.p/17          17 hashes of full tiles of level 0
//! GET /v1/courts/{court}/log/tile/entries/x001/067    256 leaves, each after its length (2 bytes)
//! ```

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use tlog_tiles::Tile;
use utoipa::ToSchema;

use lastmile_core::identity::Canonical;
use lastmile_core::log::tree::MAX_SIZE;

use super::AppState;
use super::api::input::{CourtPath, Segments};
use super::api::moment;
use super::problem::{Problem, ProblemCode};
use crate::server::Server;
use crate::store::{Reading, StoreError, TimestampRow};

const HEIGHT: u8 = 8;
/// Timestamps shown at most.
const MAX_STAMPED: u32 = 20;
/// Levels of tiles that a tree of [`MAX_SIZE`] leaves has.
const LEVELS: u8 = 6;

/// The newest checkpoint of the court's log
///
/// A C2SP signed note. Open to all.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/log/checkpoint",
    tag = "log",
    params(CourtPath),
    responses((status = 200, description = "Signed note", body = String, content_type = "text/plain"))
)]
pub(super) async fn checkpoint(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
) -> Result<impl IntoResponse, Problem> {
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let newest = state
        .run(|server: &Server| {
            server.store().read::<_, StoreError>(|reading| server.sequencer().newest(reading))
        })
        .await??;
    let note = newest.ok_or(ProblemCode::NotFound)?.note;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note))
}

/// A timestamp of a checkpoint by an authority outside the court.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Stamped {
    /// Leaves that the checkpoint covers.
    pub size: u64,
    /// The checkpoint: a C2SP signed note, absent when it is not this log's.
    pub checkpoint: Option<String>,
    /// What the court calls the authority.
    pub authority: String,
    /// When the court got it, RFC 3339.
    #[schema(format = "date-time")]
    pub received_at: String,
    /// The authority's answer (RFC 3161 `TimeStampResp`, DER) over SHA-256 of the checkpoint, base64.
    pub token: String,
}

/// The newest timestamps of the court's log by authorities outside the court
///
/// Open to all. The court does not judge the authorities' signatures: `openssl ts -verify` does, for whoever
/// trusts them. Empty when this court has no checkpoints stamped.
#[utoipa::path(
    get,
    path = "/v1/courts/{court}/log/timestamps",
    tag = "log",
    params(CourtPath),
    responses((status = 200, description = "At most 20, the newest first", body = Vec<Stamped>))
)]
pub(super) async fn timestamps(
    State(state): State<AppState>,
    Segments(CourtPath { court }): Segments<CourtPath>,
) -> Result<Json<Vec<Stamped>>, Problem> {
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let stamped = state
        .run(|server: &Server| {
            server.store().read::<_, StoreError>(|reading| {
                let rows = reading.newest_timestamps(MAX_STAMPED)?;
                rows.into_iter().map(|row| stamped(reading, row)).collect::<Result<Vec<_>, _>>()
            })
        })
        .await??;
    Ok(Json(stamped))
}

fn stamped(reading: &Reading<'_>, row: TimestampRow) -> Result<Stamped, StoreError> {
    let checkpoint = reading.checkpoint_of_size(&row.origin, row.size)?;
    Ok(Stamped {
        size: row.size,
        checkpoint: checkpoint.and_then(|found| String::from_utf8(found.note).ok()),
        authority: row.authority,
        received_at: moment(row.made_ms),
        token: data_encoding::BASE64.encode(&row.token),
    })
}

/// A tile's place: what follows `tile/` is a path of its own.
#[derive(Debug, Deserialize)]
pub(super) struct TilePath {
    court: String,
    tile: String,
}

/// A tile. Not in the description of the API: its path has any number of parts (c2sp.org/tlog-tiles).
pub(super) async fn tile(
    State(state): State<AppState>,
    Segments(TilePath { court, tile }): Segments<TilePath>,
) -> Result<impl IntoResponse, Problem> {
    if court != state.server.court() {
        return Err(ProblemCode::WrongCourt.into());
    }
    let tile = parse(&tile).ok_or(ProblemCode::BadPath)?;
    let bytes = state
        .run(move |server: &Server| {
            server.store().read::<_, StoreError>(|reading| read(reading, &tile))
        })
        .await??;
    let bytes = bytes.ok_or(ProblemCode::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes))
}

fn parse(path: &str) -> Option<Tile> {
    let (level, rest) = path.split_once('/')?;
    let level = match level {
        "entries" => "data",
        "data" => return None,
        level => level,
    };
    // The library panics at these widths and levels.
    let (tile_path, width) = rest.split_once(".p/").unwrap_or((rest, "1"));
    let width_fits = width.parse::<u32>().is_ok_and(|width| (1..256).contains(&width));
    let level_fits = level == "data" || level.parse::<u8>().is_ok_and(|level| level < LEVELS);
    if !width_fits || !level_fits || tile_path.is_empty() {
        return None;
    }
    let tile = Tile::from_path(&format!("tile/{HEIGHT}/{level}/{rest}")).ok()?;
    let sane = tile.level() < LEVELS && tile.level_index() < MAX_SIZE >> HEIGHT && tile.width() > 0;
    sane.then_some(tile)
}

/// The bytes of a tile that lies wholly in the log.
fn read(reading: &Reading<'_>, tile: &Tile) -> Result<Option<Vec<u8>>, StoreError> {
    let first = tile.level_index() << HEIGHT;
    let end = first + u64::from(tile.width());
    let there = reading.log_size()? >> (HEIGHT * tile.level());
    if end > there {
        return Ok(None);
    }
    if !tile.is_data() {
        let data = tile.read_data(&reading.log_tree());
        return data.map(Some).map_err(|_| StoreError::Damaged("log tree"));
    }
    let mut out = Vec::new();
    for leaf in reading.leaves(first, end)? {
        let bytes = leaf.encode();
        let length = u16::try_from(bytes.len()).map_err(|_| StoreError::Damaged("leaf"))?;
        out.extend(length.to_be_bytes());
        out.extend(bytes);
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_tlog_tiles_and_bounded() {
        for good in ["0/000", "0/x001/067", "1/004.p/17", "entries/000.p/1", "entries/x001/067"] {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "0",
            "0/",
            "0/1",
            "0/x001",
            "6/000",
            "255/000",
            "data/000",
            "entries",
            "-1/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/../000",
            "0/x999/x999/x999/x999/x999/999",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
